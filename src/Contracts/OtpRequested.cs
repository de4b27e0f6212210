namespace OtpPipeline.Contracts;

/// <summary>
/// Work command from the intake to the consumer of one channel: hand the PIN of this OTP to a provider.
/// It is a hint only: the delivery row in the database says whether anything is left to do. Routed by <paramref name="Channel"/>.
/// </summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="Channel">sms, email, telegram, call, whatsapp or ussd.</param>
/// <param name="Step">The step of the delivery plan, from 1.</param>
public sealed record OtpRequested(Guid OtpId, string Channel, int Step);
