using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Responses;

/// <summary>HTTP's status of an error.</summary>
internal static class ErrorStatus
{
    public static int Of(Refusal refusal) => refusal.Code switch
    {
        1500 or 2021 => StatusCodes.Status404NotFound,
        1600 when refusal == ApiRefusals.ClientInvalid => StatusCodes.Status401Unauthorized,
        2030 or 2031 or 2111 or 2112 or 2115 or 2118 => StatusCodes.Status403Forbidden,
        2108 or 2109 or 2119 => StatusCodes.Status409Conflict,
        2101 when refusal == ApiRefusals.ContentCoding => StatusCodes.Status415UnsupportedMediaType,
        2106 => StatusCodes.Status422UnprocessableEntity,
        2107 => StatusCodes.Status409Conflict,
        2110 or 2117 => StatusCodes.Status401Unauthorized,
        2114 => StatusCodes.Status405MethodNotAllowed,
        2120 => StatusCodes.Status429TooManyRequests,
        2150 => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status400BadRequest,
    };
}
