namespace OtpPipeline.Contracts;

/// <summary>Answer to <see cref="ResendOtp"/>: the further delivery is committed.</summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="TrackId">The caller's own id, when one was given.</param>
/// <param name="ResendsLeft">How often the OTP may still be sent again.</param>
/// <param name="ExternalId">The caller's externalId, unchanged.</param>
/// <param name="Warnings">A sentence for each field of the command that was ignored; null without any.</param>
public sealed record OtpResent(
    Guid OtpId, Guid? TrackId, int ResendsLeft, string? ExternalId = null, IReadOnlyList<string>? Warnings = null);
