namespace OtpPipeline.Contracts;

/// <summary>Answer to <see cref="NextOtp"/>: the delivery of the next step is committed.</summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="TrackId">The caller's own id, when one was given.</param>
/// <param name="Step">The step, from 2.</param>
/// <param name="Channel">Its channel.</param>
/// <param name="ExternalId">The caller's externalId, unchanged.</param>
/// <param name="Warnings">A sentence for each field of the command that was ignored; null without any.</param>
public sealed record OtpStepStarted(
    Guid OtpId, Guid? TrackId, int Step, string Channel, string? ExternalId = null, IReadOnlyList<string>? Warnings = null);
