using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.CompatibleApis.BizMagnets;

/// <summary>HTTP's status for what was refused.</summary>
internal static class BizMagnetsStatus
{
    /// <summary>A body that could not be read.</summary>
    public static int OfBody(OtpError error) =>
        error == ApiErrors.MediaType ? StatusCodes.Status415UnsupportedMediaType
        : error == OtpErrors.BodyTooLarge ? StatusCodes.Status413PayloadTooLarge
        : StatusCodes.Status400BadRequest;

    /// <summary>What the intake refused.</summary>
    public static int OfRequest(OtpError error) => error.Kind switch
    {
        ErrorKind.NoCoverage or ErrorKind.SpendingLimit => StatusCodes.Status403Forbidden,
        ErrorKind.RateLimited => StatusCodes.Status429TooManyRequests,

        // No provider for WhatsApp: nothing that the caller could mend.
        ErrorKind.ChannelInvalid => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };

    /// <summary>
    /// What the verification refused, for BizMagnets:DistinctStatuses: wrong; unknown, which a wrong number is too; over.
    /// </summary>
    public static int OfVerification(OtpError error) => error.Kind switch
    {
        ErrorKind.WrongPin => StatusCodes.Status403Forbidden,
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        _ => StatusCodes.Status410Gone,
    };
}
