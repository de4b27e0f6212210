using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Responses;

/// <summary>Maps an error to its HTTP status.</summary>
internal static class ErrorStatus
{
    public static int From(OtpError error) => error.Group switch
    {
        ErrorKind.ApplicationNotFound or ErrorKind.NotFound => StatusCodes.Status404NotFound,
        ErrorKind.TokenRequestInvalid when error == ApiErrors.ClientInvalid => StatusCodes.Status401Unauthorized,
        ErrorKind.AlreadyCancelled or ErrorKind.NotPending or ErrorKind.ScopeMissing or ErrorKind.NoCoverage or ErrorKind.PremiumNumber
            or ErrorKind.ApplicationNotAllowed or ErrorKind.SandboxOff => StatusCodes.Status403Forbidden,
        ErrorKind.DuplicateIdentifier or ErrorKind.NotAllowedNow or ErrorKind.StillLive or ErrorKind.ResendsUsed
            or ErrorKind.ResendNotPossible or ErrorKind.NoFurtherStep or ErrorKind.StepNotStarted => StatusCodes.Status409Conflict,
        ErrorKind.RequestInvalid when error == ApiErrors.ContentCoding => StatusCodes.Status415UnsupportedMediaType,
        ErrorKind.IdempotencyKeyReused => StatusCodes.Status422UnprocessableEntity,
        ErrorKind.IdempotencyKeyInFlight => StatusCodes.Status409Conflict,
        ErrorKind.CredentialsInvalid or ErrorKind.ApplicationUnknown => StatusCodes.Status401Unauthorized,
        ErrorKind.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        ErrorKind.RateLimited or ErrorKind.ResendTooSoon => StatusCodes.Status429TooManyRequests,
        ErrorKind.ServerError when error with { RetryAfter = null } == ApiErrors.StoreAway => StatusCodes.Status503ServiceUnavailable,
        ErrorKind.ServerError => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status400BadRequest,
    };
}
