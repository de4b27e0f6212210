using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.CompatibleApis.Beem;

/// <summary>Beem's codes with their exact sentences; this service defines the codes from 120 on.</summary>
/// <remarks>No PIN error may contain the word "valid": a client takes that for success.</remarks>
internal static class BeemCodes
{
    public static readonly BeemMessage Sent = new(100, "SMS sent successfully");
    public static readonly BeemMessage NotSent = new(101, "Failed to send SMS");
    public static readonly BeemMessage PhoneInvalid = new(102, "Invalid phone number");
    public static readonly BeemMessage PhoneMissing = new(103, "Phone number missing");
    public static readonly BeemMessage ApplicationMissing = new(104, "Application Id missing");
    public static readonly BeemMessage ApplicationNotFound = new(106, "Application not found");
    public static readonly BeemMessage ApplicationInactive = new(107, "Application is inactive");
    public static readonly BeemMessage NoChannel = new(108, "No channel found");
    public static readonly BeemMessage NoPlaceholder = new(109, "Placeholder not found");
    public static readonly BeemMessage CredentialsMissing = new(110, "Username or Password missing");
    public static readonly BeemMessage PinMissing = new(111, "Pin missing");
    public static readonly BeemMessage PinIdMissing = new(112, "pinId missing");
    public static readonly BeemMessage PinIdNotFound = new(113, "pinId not found");
    public static readonly BeemMessage IncorrectPin = new(114, "Incorrect Pin");
    public static readonly BeemMessage PinTimeOut = new(115, "Pin TimeOut");
    public static readonly BeemMessage AttemptsExceeded = new(116, "Attempts Exceeded");
    public static readonly BeemMessage ValidPin = new(117, "Valid Pin");
    public static readonly BeemMessage DuplicatePin = new(118, "Duplicate Pin");
    public static readonly BeemMessage CredentialsWrong = new(120, "Wrong Username or Password");
    public static readonly BeemMessage NoSuchCall = new(121, "No such call");
    public static readonly BeemMessage TooMany = new(122, "Too many requests");
    public static readonly BeemMessage Unreadable = new(123, "The request could not be read");

    /// <summary>The code for an error of the OTP request.</summary>
    public static BeemMessage OfRequest(OtpError error) => error.Group switch
    {
        ErrorKind.PhoneNumberMissing => PhoneMissing,
        ErrorKind.CountryMissing or ErrorKind.CountryInvalid or ErrorKind.PhoneNumberInvalid
            or ErrorKind.NoCoverage or ErrorKind.PremiumNumber => PhoneInvalid,
        ErrorKind.TemplateInvalid => NoPlaceholder,
        ErrorKind.ChannelInvalid => NoChannel,
        _ => NotSent,
    };

    /// <summary>The code for an error of the verification.</summary>
    public static BeemMessage OfVerification(OtpError error) => error.Group switch
    {
        ErrorKind.NotFound => PinIdNotFound,
        ErrorKind.PinMissing => PinMissing,
        ErrorKind.AlreadyVerified => DuplicatePin,
        ErrorKind.Cancelled or ErrorKind.Expired or ErrorKind.PinExpired => PinTimeOut,
        ErrorKind.Failed or ErrorKind.LastAttemptFailed => AttemptsExceeded,
        _ => IncorrectPin,
    };

    /// <summary>The code for an error before a call was reached, or for a failure inside it.</summary>
    public static BeemMessage OfStatus(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => CredentialsWrong,
        StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed => NoSuchCall,
        StatusCodes.Status429TooManyRequests => TooMany,
        >= StatusCodes.Status500InternalServerError => NotSent,
        _ => Unreadable,
    };
}
