namespace OtpPipeline.Core.Errors;

/// <summary>Errors of the parameters of a search for OTPs, beside those that a request has too.</summary>
public static class SearchErrors
{
    public static readonly OtpError RecipientInvalid = Query(
        "The parameter 'recipient' is no phone number, e-mail address or chat id; a national number needs 'countryIso'");
    public static readonly OtpError RecipientAmbiguous = Query(
        "The parameter 'recipient' may be a phone number or a chat id: send 'channel' too, or the number with '+' (%2B)");
    public static readonly OtpError RecipientWithoutCountry = Param(
        ErrorKind.CountryMissing,
        "The parameter 'countryIso' is empty or not set, and 'recipient' is not international: it does not begin with '+' (%2B)");
    public static readonly OtpError RecipientIsNoPhoneNumber = Param(
        ErrorKind.PhoneNumberInvalid, "The parameter 'recipient' is not a valid phone number");
    public static readonly OtpError RecipientIsNoEmail = Param(
        ErrorKind.EmailInvalid, "The parameter 'recipient' is not a valid e-mail address");
    public static readonly OtpError RecipientIsNoChatId = Param(
        ErrorKind.ChatIdInvalid, "The parameter 'recipient' is not a valid Telegram chat id");
    public static readonly OtpError StatusInvalid = Query(
        "The parameter 'status' must be pending, verified, expired, cancelled or failed");
    public static readonly OtpError MomentInvalid = Query(
        "The parameters 'from' and 'to' must be moments, such as 2026-11-20T10:00:00Z");

    private static OtpError Param(ErrorKind kind, string message) => new(kind, "invalid_param", message);

    private static OtpError Query(string message) => new(ErrorKind.RequestInvalid, "invalid_request", message);
}
