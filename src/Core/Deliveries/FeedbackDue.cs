namespace OtpPipeline.Core.Deliveries;

/// <summary>
/// Work command: tell the provider of this OTP's last message whether the OTP was verified. It is a hint only: what is told, and to whom,
/// is read from the database.
/// </summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="ApplicationId">The application that owns it.</param>
/// <param name="Attempt">Which attempt this is, from 1.</param>
public sealed record FeedbackDue(Guid OtpId, Guid ApplicationId, int Attempt = 1);
