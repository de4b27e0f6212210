using System.Net;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Core.Errors;

/// <summary>All errors of the pipeline. Codes 2001 to 2031 and their sentences are the native API's; 21xx are ours.</summary>
public static class OtpErrors
{
    public static readonly OtpError PhoneNumberMissing = Param(
        ErrorKind.PhoneNumberMissing, "The parameter 'phoneNumber' is empty or not set");
    public static readonly OtpError CountryMissing = Param(
        ErrorKind.CountryMissing,
        "The parameter 'countryIso' is empty or not set, and 'phoneNumber' is not international: it does not begin with '+'");
    public static readonly OtpError CountryInvalid = Param(ErrorKind.CountryInvalid, "Country ISO provided is invalid");
    public static readonly OtpError FromMissing = Param(ErrorKind.FromMissing, "The parameter 'from' is empty or not set");
    public static readonly OtpError FromInvalid = Param(
        ErrorKind.FromInvalid, $"The parameter 'from' is not valid (min {OptionRules.MinFrom}, max {OptionRules.MaxFrom} characters)");
    public static readonly OtpError TemplateMissing = Param(ErrorKind.TemplateInvalid, "The parameter 'template' is empty or not set");
    public static readonly OtpError TemplateWithoutPin = Param(
        ErrorKind.TemplateInvalid, "The parameter 'template' does not contain placeholder {{pin}}");
    public static readonly OtpError TemplateInvalid = Param(
        ErrorKind.TemplateInvalid,
        $"The parameter 'template' is not valid (max {OptionRules.MaxTemplate} characters, no control characters)");
    public static readonly OtpError TemplateWithUnknown = Param(
        ErrorKind.TemplateInvalid,
        $"The parameter 'template' contains an unknown placeholder: beside {MessageText.Placeholder} there are " +
        $"{MessageText.OtherPlaceholders}");
    public static readonly OtpError TtlNotANumber = Param(ErrorKind.TtlNotANumber, "The parameter 'ttl' is not a number");
    public static readonly OtpError TtlTooSmall = Param(ErrorKind.TtlTooSmall, $"Min value for 'ttl' is {OptionRules.MinTtl} seconds");
    public static readonly OtpError TtlTooLarge = Param(
        ErrorKind.TtlTooLarge, $"Max value for 'ttl' is {OptionRules.MaxTtl} seconds ({OptionRules.MaxTtl / 60} mins)");
    public static readonly OtpError MaxAttemptsNotANumber = Param(
        ErrorKind.MaxAttemptsNotANumber, "The parameter 'maxAttempts' is not a number");
    public static readonly OtpError MaxAttemptsTooSmall = Param(
        ErrorKind.MaxAttemptsTooSmall, $"Min value for 'maxAttempts' is {OptionRules.MinAttempts}");
    public static readonly OtpError MaxAttemptsTooLarge = Param(
        ErrorKind.MaxAttemptsTooLarge, $"Max value for 'maxAttempts' is {OptionRules.MaxAttempts}");
    public static readonly OtpError PinTypeMissing = Param(ErrorKind.PinTypeMissing, "The parameter 'pinType' is empty or not set");
    public static readonly OtpError PinTypeInvalid = Param(
        ErrorKind.PinTypeInvalid, "Invalid parameter 'pinType'. Must be one of: letters, numbers, alphanumeric");
    public static readonly OtpError PinLengthNotANumber = Param(ErrorKind.PinLengthNotANumber, "The parameter 'pinLength' is not a number");
    public static readonly OtpError PinLengthTooSmall = Param(
        ErrorKind.PinLengthTooSmall, $"Min value for 'pinLength' is {OptionRules.MinPinLength}");
    public static readonly OtpError PinLengthTooLarge = Param(
        ErrorKind.PinLengthTooLarge, $"Max value for 'pinLength' is {OptionRules.MaxPinLength}");
    public static readonly OtpError TrackIdInvalid = Param(
        ErrorKind.TrackIdInvalid, "Track ID provided (parameter 'trackId') is not a valid UUID (v1-v5)");
    public static readonly OtpError CallbackUrlInvalid = Param(
        ErrorKind.CallbackUrlInvalid, "The parameter 'otpCallbackUrl' is not a valid URL");
    public static readonly OtpError PhoneNumberInvalid = Param(ErrorKind.PhoneNumberInvalid, "The phone number provided is invalid");
    public static readonly OtpError PhoneNumberWithExtension = Param(
        ErrorKind.PhoneNumberInvalid, "The parameter 'phoneNumber' has an extension, which no message reaches: send the number without it");
    public static readonly OtpError NotFound = new(ErrorKind.NotFound, "not_found", "Otp ID not found");
    public static readonly OtpError PinMissing = Param(ErrorKind.PinMissing, "The parameter pin is empty or not set");
    public static readonly OtpError AlreadyVerified = new(ErrorKind.AlreadyVerified, "otp_verified", "The OTP was already verified");
    public static readonly OtpError WasCancelled = new(ErrorKind.Cancelled, "otp_cancelled", "The OTP was canceled");
    public static readonly OtpError HasExpired = new(ErrorKind.Expired, "otp_expired", "The OTP has expired");
    public static readonly OtpError HasFailed = new(ErrorKind.Failed, "otp_failed", "The OTP has failed, maximum attempts reached");
    public static readonly OtpError Undeliverable = new(
        ErrorKind.Undeliverable, "otp_failed", "The OTP has failed: no message could be delivered to the recipient");
    public static readonly OtpError LastAttemptFailed = new(ErrorKind.LastAttemptFailed, "otp_failed", "Max attempts reached");
    public static readonly OtpError PinExpired = new(ErrorKind.PinExpired, "otp_expired", "The PIN has expired");
    public static readonly OtpError WrongPin = new(ErrorKind.WrongPin, "invalid_pin", "The PIN provided does not verify");
    public static readonly OtpError AlreadyCancelled = new(ErrorKind.AlreadyCancelled, "access_denied", "Otp already cancelled");
    public static readonly OtpError NotPending = new(ErrorKind.NotPending, "access_denied", "You cannot cancel a non-pending Otp");

    public static readonly OtpError ChannelInvalid = Param(
        ErrorKind.ChannelInvalid, $"Invalid parameter 'channel'. Must be one of: {Channels.Names}");
    public static readonly OtpError ChannelNotServed = Param(
        ErrorKind.ChannelInvalid, "The channel named by 'channel' is not configured on this server");
    public static readonly OtpError SandboxOff = new(
        ErrorKind.SandboxOff, "access_denied",
        "The API key is a test key, and the sandbox is not enabled on this server: send a live key, or have Sandbox:Enabled set");
    public static readonly OtpError EmailMissing = Param(ErrorKind.EmailInvalid, "The parameter 'email' is empty or not set");
    public static readonly OtpError EmailInvalid = Param(ErrorKind.EmailInvalid, "The parameter 'email' is not a valid e-mail address");
    public static readonly OtpError ChatIdMissing = Param(ErrorKind.ChatIdInvalid, "The parameter 'chatId' is empty or not set");
    public static readonly OtpError ChatIdInvalid = Param(
        ErrorKind.ChatIdInvalid, "The parameter 'chatId' is not a valid Telegram chat id");
    public static readonly OtpError LocaleInvalid = Param(
        ErrorKind.DetailInvalid, "The parameter 'locale' is not a valid language tag, such as fr-CH");
    public static readonly OtpError NameInvalid = Param(
        ErrorKind.DetailInvalid, "The parameter 'name' is not valid (max 100 characters, no control characters)");
    public static readonly OtpError NameMissing = Param(
        ErrorKind.DetailInvalid, "The parameter 'name' is empty or not set, and 'template' contains the placeholder {{name}}");
    public static readonly OtpError MetadataInvalid = Param(
        ErrorKind.DetailInvalid,
        "The parameter 'metadata' must be an object of at most 20 texts (names up to 40, values up to 500 characters)");
    public static readonly OtpError ExternalIdInvalid = Param(
        ErrorKind.DetailInvalid, "The parameter 'externalId' is not valid (max 128 characters, no control characters)");
    public static readonly OtpError BodyEmpty = Body("The body is empty: a JSON object is expected");
    public static readonly OtpError BodyNotJson = Body("The body is not valid JSON");
    public static readonly OtpError BodyNotText = Body("The body is not valid UTF-8 text");
    public static readonly OtpError BodyNoObject = Body("The body is not a JSON object");
    public static readonly OtpError FieldRepeated = Body("The body holds the same field twice");
    public static readonly OtpError BodyTooLarge = Body("The body is larger than 64 KB");
    public static readonly OtpError IdempotencyKeyMissing = new(
        ErrorKind.RequestInvalid, "invalid_request", "The command has neither 'idempotencyKey' nor a message id");
    public static readonly OtpError MessageIdMissing = new(
        ErrorKind.RequestInvalid, "invalid_request", "The command has no message id, by which its repetition could be recognised");
    public static readonly OtpError IdempotencyKeyInvalid = new(
        ErrorKind.RequestInvalid, "invalid_request",
        $"The header 'Idempotency-Key' must have 1 to {OptionRules.MaxIdempotencyKey} printable characters");
    public static readonly OtpError IdempotencyKeyReused = new(
        ErrorKind.IdempotencyKeyReused, "duplicate_value", "The idempotency key was used before with another command");
    public static readonly OtpError IdempotencyKeyInFlight = new(
        ErrorKind.IdempotencyKeyInFlight, "duplicate_value", "The first request with this idempotency key is still being processed",
        TimeSpan.FromSeconds(1));
    public static readonly OtpError TooManyRequests = new(ErrorKind.RateLimited, "rate_limit", "Too many requests in this minute");
    public static readonly OtpError StillLive = new(ErrorKind.StillLive, "duplicate_value", "The recipient has a live OTP already");
    public static readonly OtpError RecipientWindowFull = new(
        ErrorKind.RateLimited, "rate_limit", "The limit of sends to this recipient is reached");
    public static readonly OtpError AddressWindowFull = new(
        ErrorKind.RateLimited, "rate_limit", "The limit of sends for this remote address is reached");
    public static readonly OtpError NoCoverage = new(
        ErrorKind.NoCoverage, "no_coverage", "The country of the phone number is not served for this application");
    public static readonly OtpError PremiumNumber = new(
        ErrorKind.PremiumNumber, "no_coverage",
        "Premium-rate and shared-cost numbers are not served on 'sms' and 'call' for this application: send another 'phoneNumber'");
    public static readonly OtpError SpendingLimit = new(
        ErrorKind.SpendingLimit, "insufficient_credit", "The spending limit of the application is reached for today");

    public static readonly OtpError ResendsUsed = new(
        ErrorKind.ResendsUsed, "access_denied", "The OTP was sent again as often as the application allows: request a new OTP");
    public static readonly OtpError ResendOfOwnMessage = new(
        ErrorKind.ResendNotPossible, "access_denied",
        "The PIN or the text of this OTP was written by the caller, so no new PIN can be sent: resend it with 'resendPolicy' same");
    public static readonly OtpError ResendPolicyInvalid = Param(
        ErrorKind.ResendOptionInvalid, $"Invalid parameter 'resendPolicy'. Must be one of: {ResendPolicies.Names}");
    public static readonly OtpError ResendPolicyNotAllowed = Param(
        ErrorKind.ResendOptionInvalid,
        "The parameter 'resendPolicy' differs from the application's, which requests may not change: leave it out");
    public static readonly OtpError ResendChannelInvalid = Param(
        ErrorKind.ResendOptionInvalid, "The parameter 'channel' names no step of this OTP's plan: leave it out for the current step");

    public static readonly OtpError NoFurtherStep = new(
        ErrorKind.NoFurtherStep, "access_denied", "The plan of this OTP has no further step: resend the current one, or request a new OTP");
    public static readonly OtpError StepNotStarted = new(
        ErrorKind.StepNotStarted, "access_denied",
        "The step on 'channel' has not started: POST /otp/{otpId}/next starts the next step before its wait is over");
    public static readonly OtpError PlanInvalid = Param(
        ErrorKind.PlanInvalid,
        $"The parameter 'channels' must be a list of 1 to {OptionRules.MaxSteps} steps: each a channel, or an object with 'channel', " +
        $"'waitSeconds' and 'recipient'");
    public static readonly OtpError PlanAndChannel = Param(
        ErrorKind.PlanInvalid, "The parameters 'channel' and 'channels' exclude each other: send one of them");
    public static readonly OtpError FirstStepWaits = Param(
        ErrorKind.PlanInvalid, "The parameter 'channels[0].waitSeconds' has no step before it: the first step is sent at once");

    public static readonly OtpError ApplicationUnknown = new(
        ErrorKind.ApplicationUnknown, "invalid_client", "The parameter 'applicationId' is missing or names no active application");
    public static readonly OtpError ApplicationNotAllowed = new(
        ErrorKind.ApplicationNotAllowed, "access_denied", "The user of the broker may not use this application");

    /// <summary>The error that answered a submission, from its stored code.</summary>
    /// <param name="code">The code.</param>
    /// <param name="attemptsRemaining">The guesses that were left then.</param>
    public static OtpError FromSubmission(int code, int? attemptsRemaining) => (ErrorKind)code switch
    {
        ErrorKind.LastAttemptFailed => LastAttemptFailed with { AttemptsRemaining = attemptsRemaining },
        ErrorKind.PinExpired => PinExpired,
        ErrorKind.WrongPin => WrongPin with { AttemptsRemaining = attemptsRemaining },
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "No submission is stored with this code."),
    };

    /// <summary>The address is part of the URL, so its network reveals nothing new to the client.</summary>
    public static OtpError CallbackNetworkRefused(IPNetwork network) => Param(
        ErrorKind.CallbackUrlInvalid,
        $"The parameter 'otpCallbackUrl' leads into {network}, which callbacks may not reach unless the server's setting " +
        $"Callbacks:AllowedNetworks names it");

    public static OtpError TooManyInAnHour(TimeSpan retryAfter) => new(
        ErrorKind.HourlyLimit, "rate_limit", "Too many OTPs were requested for this recipient in one hour", retryAfter);

    public static OtpError TooManyInADay(TimeSpan retryAfter) => new(
        ErrorKind.DailyLimit, "rate_limit", "Too many OTPs were requested for this recipient in one day", retryAfter);

    public static OtpError TooSoon(TimeSpan retryAfter) =>
        new(ErrorKind.RetryPeriod, "rate_limit", "The last OTP for this recipient was requested a moment ago", retryAfter);

    public static OtpError CoolingOff(TimeSpan retryAfter) =>
        new(ErrorKind.CoolingOff, "rate_limit", "Too many wrong PINs were submitted for this recipient", retryAfter);

    public static OtpError StepChannelInvalid(int index) => Param(
        ErrorKind.PlanInvalid, $"Invalid channel in 'channels[{index}]'. Must be one of: {Channels.Names}");

    public static OtpError StepWaitInvalid(int index) => Param(
        ErrorKind.PlanInvalid, $"The parameter 'channels[{index}].waitSeconds' {OptionRules.StepWait.Expected}");

    public static OtpError StepRecipientInvalid(int index, Channel channel) => Param(
        ErrorKind.PlanInvalid, $"The parameter 'channels[{index}].recipient' is not a valid recipient on '{channel.Text()}'");

    public static OtpError StepNotServed(int index) => Param(
        ErrorKind.ChannelInvalid, $"The channel of 'channels[{index}]' is not configured on this server");

    public static OtpError ResendTooSoon(TimeSpan retryAfter) =>
        new(ErrorKind.ResendTooSoon, "rate_limit", "This OTP was sent a moment ago", retryAfter);

    private static OtpError Body(string message) => new(ErrorKind.RequestInvalid, "invalid_body", message);

    private static OtpError Param(ErrorKind kind, string message) => new(kind, "invalid_param", message);
}
