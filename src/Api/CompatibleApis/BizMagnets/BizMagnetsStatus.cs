using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.CompatibleApis.BizMagnets;

/// <summary>Maps errors to HTTP statuses.</summary>
internal static class BizMagnetsStatus
{
    /// <summary>The status for an unreadable body.</summary>
    public static int OfBody(OtpError error) =>
        error == ApiErrors.MediaType ? StatusCodes.Status415UnsupportedMediaType
        : error == OtpErrors.BodyTooLarge ? StatusCodes.Status413PayloadTooLarge
        : StatusCodes.Status400BadRequest;

    /// <summary>The status for an error of the OTP request.</summary>
    public static int OfRequest(OtpError error) => error.Group switch
    {
        ErrorKind.NoCoverage or ErrorKind.SpendingLimit => StatusCodes.Status403Forbidden,
        ErrorKind.RateLimited => StatusCodes.Status429TooManyRequests,

        // No provider for WhatsApp: the caller cannot fix that.
        ErrorKind.ChannelInvalid => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };

    /// <summary>The status for an error of the verification, for BizMagnets:DistinctStatuses.</summary>
    /// <remarks>403: wrong PIN. 404: unknown id or wrong number. 410: the OTP has ended.</remarks>
    public static int OfVerification(OtpError error) => error.Group switch
    {
        ErrorKind.WrongPin => StatusCodes.Status403Forbidden,
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        _ => StatusCodes.Status410Gone,
    };
}
