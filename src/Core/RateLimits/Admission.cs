namespace OtpPipeline.Core.RateLimits;

/// <summary>The rate limit's answer to a request.</summary>
/// <param name="Admitted">The request is within the limit.</param>
/// <param name="Remaining">Requests left in this minute.</param>
/// <param name="ResetAfter">Time until the count restarts.</param>
public readonly record struct Admission(bool Admitted, int Remaining, TimeSpan ResetAfter);
