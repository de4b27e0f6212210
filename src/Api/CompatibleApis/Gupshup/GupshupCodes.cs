using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Reading;

namespace OtpPipeline.Api.CompatibleApis.Gupshup;

/// <summary>A code and its sentence; callers compare the whole sentence.</summary>
/// <param name="Number">Three digits.</param>
/// <param name="Text">The sentence.</param>
/// <param name="Success">Whether the call succeeded.</param>
internal sealed record GupshupCode(int Number, string Text, bool Success = false);

/// <summary>Gupshup's codes with their exact sentences; this service defines 104 and all errors except 903 and 907.</summary>
internal static class GupshupCodes
{
    public static readonly GupshupCode Sent = new(100, "New code generated and code was sent the user", Success: true);
    public static readonly GupshupCode SentAgain = new(
        101, "User already in the system and code was sent to the user again", Success: true);
    public static readonly GupshupCode SentAfterExpiry = new(
        103, "Previous code is expired and new code was sent to the user again", Success: true);
    public static readonly GupshupCode MessageChanged = new(104, "Message has been updated", Success: true);
    public static readonly GupshupCode Matched = new(200, "Code matched successfully and user has been verified", Success: true);
    public static readonly GupshupCode WrongKey = new(901, "Invalid credentials");
    public static readonly GupshupCode PhoneInvalid = new(902, "Invalid phone number");
    public static readonly GupshupCode EmailInvalid = new(902, "Invalid email address");
    public static readonly GupshupCode CodeInvalid = new(903, "Invalid code");
    public static readonly GupshupCode AttemptsExceeded = new(904, "Maximum attempts exceeded");
    public static readonly GupshupCode TooSoon = new(905, "Retry period is not over");
    public static readonly GupshupCode MessageInvalid = new(
        906, "Invalid message: it must contain %code% and have at most 1600 characters");
    public static readonly GupshupCode Expired = new(907, "Code is expired");
    public static readonly GupshupCode ParameterInvalid = new(908, "Invalid parameter");
    public static readonly GupshupCode NotSent = new(909, "Request failed");
    public static readonly GupshupCode NoSuchCall = new(910, "No such call");
    public static readonly GupshupCode TooMany = new(911, "Too many requests");

    /// <summary>The code for an error of sending or resending.</summary>
    public static GupshupCode OfSending(OtpError error) => error.Group switch
    {
        ErrorKind.PhoneNumberMissing or ErrorKind.CountryMissing or ErrorKind.CountryInvalid or ErrorKind.PhoneNumberInvalid
            or ErrorKind.NoCoverage or ErrorKind.PremiumNumber => PhoneInvalid,
        ErrorKind.EmailInvalid => EmailInvalid,
        ErrorKind.TemplateInvalid => MessageInvalid,
        ErrorKind.RateLimited => TooSoon,
        _ => NotSent,
    };

    /// <summary>The code for an error of the verification.</summary>
    public static GupshupCode OfVerification(OtpError error) => error.Group switch
    {
        ErrorKind.Cancelled or ErrorKind.Expired or ErrorKind.PinExpired => Expired,

        // Too many wrong codes in a row, of this OTP or of several: the recipient must wait.
        ErrorKind.Failed or ErrorKind.LastAttemptFailed or ErrorKind.RateLimited => AttemptsExceeded,
        _ => CodeInvalid,
    };

    /// <summary>The code when no OTP can be verified, by the status of the last OTP.</summary>
    public static GupshupCode OfLast(LastOtp? last) => last switch
    {
        { Status: OtpStatus.Expired or OtpStatus.Cancelled } => Expired,
        { Status: OtpStatus.Failed, Reason: OtpReason.MaxAttempts } => AttemptsExceeded,
        { Status: OtpStatus.Failed } => Expired,
        _ => CodeInvalid,
    };

    /// <summary>The code for an error before a call was reached, or for a failure inside it.</summary>
    public static GupshupCode OfStatus(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => WrongKey,
        StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed => NoSuchCall,
        StatusCodes.Status429TooManyRequests => TooMany,
        >= StatusCodes.Status500InternalServerError => NotSent,
        _ => ParameterInvalid,
    };
}
