namespace OtpPipeline.Contracts;

/// <summary>
/// Work command from the intake to the consumer of one channel: hand the PIN of this OTP to a provider.
/// It is a hint only: the delivery row in the database says whether anything is left to do. Routed by <paramref name="Channel"/>.
/// </summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="Channel">sms, email, telegram, call, whatsapp or ussd.</param>
/// <param name="Step">The step of the delivery plan, from 1.</param>
/// <param name="Route">The route of the delivery; null for <c>default</c>.</param>
/// <param name="Tried">Providers that were tried in this round, with commas between; null for none.</param>
public sealed record OtpRequested(Guid OtpId, string Channel, int Step, string? Route = null, string? Tried = null);
