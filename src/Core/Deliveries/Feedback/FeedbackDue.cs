namespace OtpPipeline.Core.Deliveries.Feedback;

/// <summary>
/// Work command: tell the provider of this OTP's last message whether the OTP was verified. It is a hint only: what is told, and to whom,
/// is read from the database.
/// </summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="ApplicationId">The application that owns it.</param>
public sealed record FeedbackDue(Guid OtpId, Guid ApplicationId);
