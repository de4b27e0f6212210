namespace OtpPipeline.Core.RateLimits;

/// <summary>What a request learns from its counter.</summary>
/// <param name="Admitted">The request is within the limit.</param>
/// <param name="Remaining">Further requests in this minute.</param>
/// <param name="ResetAfter">Until counting begins anew.</param>
public readonly record struct Admission(bool Admitted, int Remaining, TimeSpan ResetAfter);
