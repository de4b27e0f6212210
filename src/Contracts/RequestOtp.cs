namespace OtpPipeline.Contracts;

/// <summary>
/// Command from another system: request an OTP. The fields are those of POST /otp and are checked by the same rules;
/// what is null comes from the application's settings.
/// </summary>
/// <param name="ApplicationId">The application on whose behalf the OTP is requested.</param>
/// <param name="IdempotencyKey">The same key and command give the first answer again for 24 hours; without it the message id is the
/// key.</param>
/// <param name="Channel">sms (the default), email, telegram, call, whatsapp or ussd.</param>
/// <param name="PhoneNumber">E.164, or national together with <paramref name="CountryIso"/>; for sms, call, whatsapp and ussd.</param>
/// <param name="CountryIso">ISO 3166-1 alpha-2; ignored when the number is E.164.</param>
/// <param name="Email">The recipient on the channel email.</param>
/// <param name="ChatId">The recipient on the channel telegram.</param>
/// <param name="From">The sender as the recipient sees it, 3 to 15 characters.</param>
/// <param name="Template">The text, with {{pin}} where the PIN goes; {{app}}, {{minutes}} and {{name}} may stand beside it.</param>
/// <param name="TrackId">The caller's own id, any dashed UUID.</param>
/// <param name="Ttl">Life in seconds, 60 to 1800.</param>
/// <param name="MaxAttempts">Guesses allowed, 1 to 10.</param>
/// <param name="PinType">letters, numbers or alphanumeric.</param>
/// <param name="PinLength">4 to 10.</param>
/// <param name="OtpCallbackUrl">Where each change of status is posted.</param>
/// <param name="Name">The recipient's name, for channels that greet.</param>
/// <param name="Locale">BCP 47 tag, such as fr-CH.</param>
/// <param name="Metadata">At most 20 pairs, echoed in every answer and event.</param>
/// <param name="Channels">The delivery plan instead of <paramref name="Channel"/>, at most 6 steps.</param>
/// <param name="ExternalId">The caller's own id as any text, up to 128 characters; echoed in every answer and event.</param>
public sealed record RequestOtp(
    Guid ApplicationId,
    string? IdempotencyKey = null,
    string? Channel = null,
    string? PhoneNumber = null,
    string? CountryIso = null,
    string? Email = null,
    string? ChatId = null,
    string? From = null,
    string? Template = null,
    Guid? TrackId = null,
    int? Ttl = null,
    int? MaxAttempts = null,
    string? PinType = null,
    int? PinLength = null,
    string? OtpCallbackUrl = null,
    string? Name = null,
    string? Locale = null,
    IReadOnlyDictionary<string, string>? Metadata = null,
    IReadOnlyList<OtpStep>? Channels = null,
    string? ExternalId = null)
{
    /// <summary>Names the application only: the other fields are personal or secret.</summary>
    public override string ToString() => $"RequestOtp {{ ApplicationId = {ApplicationId} }}";
}
