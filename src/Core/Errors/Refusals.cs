using System.Net;
using OtpPipeline.Core.Messages;

namespace OtpPipeline.Core.Errors;

/// <summary>All refusals of the pipeline. Codes 2001 to 2031 and their sentences are the native dialect's; 21xx are ours.</summary>
public static class Refusals
{
    public static readonly Refusal PhoneNumberMissing = Param(ErrorKind.PhoneNumberMissing, "The parameter 'phoneNumber' is empty or not set");
    public static readonly Refusal CountryMissing = Param(ErrorKind.CountryMissing, "The parameter 'countryIso' is empty or not set, and 'phoneNumber' is not international: it does not begin with '+'");
    public static readonly Refusal CountryInvalid = Param(ErrorKind.CountryInvalid, "Country ISO provided is invalid");
    public static readonly Refusal FromMissing = Param(ErrorKind.FromMissing, "The parameter 'from' is empty or not set");
    public static readonly Refusal FromInvalid = Param(ErrorKind.FromInvalid, "The parameter 'from' is not valid (min 3, max 15 characters)");
    public static readonly Refusal TemplateMissing = Param(ErrorKind.TemplateInvalid, "The parameter 'template' is empty or not set");
    public static readonly Refusal TemplateWithoutPin = Param(ErrorKind.TemplateInvalid, "The parameter 'template' does not contain placeholder {{pin}}");
    public static readonly Refusal TemplateInvalid = Param(ErrorKind.TemplateInvalid, "The parameter 'template' is not valid (max 1600 characters, no control characters)");
    public static readonly Refusal TemplateWithUnknown = Param(ErrorKind.TemplateInvalid, $"The parameter 'template' contains an unknown placeholder: beside {MessageText.Placeholder} there are {MessageText.OtherPlaceholders}");
    public static readonly Refusal TtlNotANumber = Param(ErrorKind.TtlNotANumber, "The parameter 'ttl' is not a number");
    public static readonly Refusal TtlTooSmall = Param(ErrorKind.TtlTooSmall, "Min value for 'ttl' is 60 seconds");
    public static readonly Refusal TtlTooLarge = Param(ErrorKind.TtlTooLarge, "Max value for 'ttl' is 1800 seconds (30 mins)");
    public static readonly Refusal MaxAttemptsNotANumber = Param(ErrorKind.MaxAttemptsNotANumber, "The parameter 'maxAttempts' is not a number");
    public static readonly Refusal MaxAttemptsTooSmall = Param(ErrorKind.MaxAttemptsTooSmall, "Min value for 'maxAttempts' is 1");
    public static readonly Refusal MaxAttemptsTooLarge = Param(ErrorKind.MaxAttemptsTooLarge, "Max value for 'maxAttempts' is 10");
    public static readonly Refusal PinTypeMissing = Param(ErrorKind.PinTypeMissing, "The parameter 'pinType' is empty or not set");
    public static readonly Refusal PinTypeInvalid = Param(ErrorKind.PinTypeInvalid, "Invalid parameter 'pinType'. Must be one of: letters, numbers, alphanumeric");
    public static readonly Refusal PinLengthNotANumber = Param(ErrorKind.PinLengthNotANumber, "The parameter 'pinLength' is not a number");
    public static readonly Refusal PinLengthTooSmall = Param(ErrorKind.PinLengthTooSmall, "Min value for 'pinLength' is 4");
    public static readonly Refusal PinLengthTooLarge = Param(ErrorKind.PinLengthTooLarge, "Max value for 'pinLength' is 10");
    public static readonly Refusal TrackIdInvalid = Param(ErrorKind.TrackIdInvalid, "Track ID provided (parameter 'trackId') is not a valid UUID (v1-v5)");
    public static readonly Refusal CallbackUrlInvalid = Param(ErrorKind.CallbackUrlInvalid, "The parameter 'otpCallbackUrl' is not a valid URL");
    public static readonly Refusal PhoneNumberInvalid = Param(ErrorKind.PhoneNumberInvalid, "The phone number provided is invalid");
    public static readonly Refusal PhoneNumberWithExtension = Param(
        ErrorKind.PhoneNumberInvalid, "The parameter 'phoneNumber' has an extension, which no message reaches: send the number without it");
    public static readonly Refusal NotFound = new(ErrorKind.NotFound, "not_found", "Otp ID not found");
    public static readonly Refusal PinMissing = Param(ErrorKind.PinMissing, "The parameter pin is empty or not set");
    public static readonly Refusal AlreadyVerified = new(ErrorKind.AlreadyVerified, "otp_verified", "The OTP was already verified");
    public static readonly Refusal WasCancelled = new(ErrorKind.Cancelled, "otp_cancelled", "The OTP was canceled");
    public static readonly Refusal HasExpired = new(ErrorKind.Expired, "otp_expired", "The OTP has expired");
    public static readonly Refusal HasFailed = new(ErrorKind.Failed, "otp_failed", "The OTP has failed, maximum attempts reached");
    public static readonly Refusal LastAttemptFailed = new(ErrorKind.LastAttemptFailed, "otp_failed", "Max attempts reached");
    public static readonly Refusal PinExpired = new(ErrorKind.PinExpired, "otp_expired", "The PIN has expired");
    public static readonly Refusal WrongPin = new(ErrorKind.WrongPin, "invalid_pin", "The PIN provided does not verify");
    public static readonly Refusal AlreadyCancelled = new(ErrorKind.AlreadyCancelled, "access_denied", "Otp already cancelled");
    public static readonly Refusal NotPending = new(ErrorKind.NotPending, "access_denied", "You cannot cancel a non-pending Otp");

    public static readonly Refusal ChannelInvalid = Param(ErrorKind.ChannelInvalid, "Invalid parameter 'channel'. Must be one of: sms, email, telegram, call, whatsapp, ussd");
    public static readonly Refusal ChannelNotServed = Param(ErrorKind.ChannelInvalid, "The channel named by 'channel' is not configured on this server");
    public static readonly Refusal EmailMissing = Param(ErrorKind.EmailInvalid, "The parameter 'email' is empty or not set");
    public static readonly Refusal EmailInvalid = Param(ErrorKind.EmailInvalid, "The parameter 'email' is not a valid e-mail address");
    public static readonly Refusal ChatIdMissing = Param(ErrorKind.ChatIdInvalid, "The parameter 'chatId' is empty or not set");
    public static readonly Refusal ChatIdInvalid = Param(ErrorKind.ChatIdInvalid, "The parameter 'chatId' is not a valid Telegram chat id");
    public static readonly Refusal LocaleInvalid = Param(ErrorKind.DetailInvalid, "The parameter 'locale' is not a valid language tag, such as fr-CH");
    public static readonly Refusal NameInvalid = Param(ErrorKind.DetailInvalid, "The parameter 'name' is not valid (max 100 characters, no control characters)");
    public static readonly Refusal NameMissing = Param(ErrorKind.DetailInvalid, "The parameter 'name' is empty or not set, and 'template' contains the placeholder {{name}}");
    public static readonly Refusal MetadataInvalid = Param(ErrorKind.DetailInvalid, "The parameter 'metadata' must be an object of at most 20 texts (names up to 40, values up to 500 characters)");
    public static readonly Refusal BodyEmpty = Body("The body is empty: a JSON object is expected");
    public static readonly Refusal BodyNotJson = Body("The body is not valid JSON");
    public static readonly Refusal BodyNotText = Body("The body is not valid UTF-8 text");
    public static readonly Refusal BodyNoObject = Body("The body is not a JSON object");
    public static readonly Refusal FieldRepeated = Body("The body holds the same field twice");
    public static readonly Refusal BodyTooLarge = Body("The body is larger than 64 KB");
    public static readonly Refusal IdempotencyKeyMissing = new(ErrorKind.RequestInvalid, "invalid_request", "The command has neither 'idempotencyKey' nor a message id");
    public static readonly Refusal MessageIdMissing = new(ErrorKind.RequestInvalid, "invalid_request", "The command has no message id, by which its repetition could be recognised");
    public static readonly Refusal IdempotencyKeyInvalid = new(ErrorKind.RequestInvalid, "invalid_request", "The header 'Idempotency-Key' must have 1 to 255 printable characters");
    public static readonly Refusal IdempotencyKeyReused = new(ErrorKind.IdempotencyKeyReused, "duplicate_value", "The idempotency key was used before with another command");
    public static readonly Refusal IdempotencyKeyInFlight = new(ErrorKind.IdempotencyKeyInFlight, "duplicate_value", "The first request with this idempotency key is still being processed", TimeSpan.FromSeconds(1));
    public static readonly Refusal TooManyRequests = new(ErrorKind.RateLimited, "rate_limit", "Too many requests in this minute");
    public static readonly Refusal StillLive = new(ErrorKind.StillLive, "duplicate_value", "The recipient has a live OTP already");
    public static readonly Refusal RecipientWindowFull = new(ErrorKind.RateLimited, "rate_limit", "The limit of sends to this recipient is reached");
    public static readonly Refusal AddressWindowFull = new(ErrorKind.RateLimited, "rate_limit", "The limit of sends for this remote address is reached");
    public static readonly Refusal NoCoverage = new(ErrorKind.NoCoverage, "no_coverage", "The country of the phone number is not served for this application");
    public static readonly Refusal PremiumNumber = new(
        ErrorKind.PremiumNumber, "no_coverage",
        "Premium-rate and shared-cost numbers are not served on 'sms' and 'call' for this application: send another 'phoneNumber'");
    public static readonly Refusal SpendingLimit = new(ErrorKind.SpendingLimit, "insufficient_credit", "The spending limit of the application is reached for today");

    public static readonly Refusal ApplicationUnknown = new(ErrorKind.ApplicationUnknown, "invalid_client", "The parameter 'applicationId' is missing or names no active application");
    public static readonly Refusal ApplicationNotAllowed = new(ErrorKind.ApplicationNotAllowed, "access_denied", "The user of the broker may not use this application");

    /// <summary>What a submission was answered with, by the code that was stored with it.</summary>
    public static Refusal OfSubmission(int code) => (ErrorKind)code switch
    {
        ErrorKind.LastAttemptFailed => LastAttemptFailed,
        ErrorKind.PinExpired => PinExpired,
        ErrorKind.WrongPin => WrongPin,
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "No submission is stored with this code."),
    };

    /// <summary>The address is written in the URL: naming its network tells the caller nothing new.</summary>
    public static Refusal CallbackNetworkRefused(IPNetwork network) => Param(
        ErrorKind.CallbackUrlInvalid, $"The parameter 'otpCallbackUrl' leads into {network}, which callbacks may not reach unless the server's setting Callbacks:AllowedNetworks names it");

    public static Refusal TooManySends(string window, TimeSpan retryAfter) =>
        new(ErrorKind.RateLimited, "rate_limit", $"Too many OTPs were requested for this recipient in one {window}", retryAfter);

    public static Refusal TooSoon(TimeSpan retryAfter) =>
        new(ErrorKind.RateLimited, "rate_limit", "The last OTP for this recipient was requested a moment ago", retryAfter);

    public static Refusal CoolingOff(TimeSpan retryAfter) =>
        new(ErrorKind.RateLimited, "rate_limit", "Too many wrong PINs were submitted for this recipient", retryAfter);

    private static Refusal Body(string message) => new(ErrorKind.RequestInvalid, "invalid_body", message);

    private static Refusal Param(ErrorKind kind, string message) => new(kind, "invalid_param", message);
}
