using System.Globalization;
using OtpPipeline.Api.Admin;
using OtpPipeline.Api.Wire;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Dialects;

/// <summary>The body of every refusal in the native dialect.</summary>
public sealed record ErrorAnswer(ErrorDetail Error);

/// <summary>Why a request was refused.</summary>
/// <param name="Type">Kind of the refusal.</param>
/// <param name="Message">Which field and why.</param>
/// <param name="Uri">Where the code is explained.</param>
/// <param name="Code">The stable number of the refusal.</param>
public sealed record ErrorDetail(string Type, string Message, string Uri, int Code);

/// <summary>A refusal as an answer.</summary>
internal sealed class RefusedAnswer(Refusal refusal, int? status = null) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => NativeErrors.WriteAsync(httpContext, refusal, status);
}

internal static class NativeErrors
{
    private const string ErrorPage = "/docs/errors";

    public static int StatusOf(Refusal refusal) => refusal.Code switch
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

    public static Task WriteAsync(HttpContext http, Refusal refusal, int? status = null, IReadOnlyList<ProblemField>? fields = null)
    {
        var admin = AdminProblems.IsAdmin(http);
        var code = status ?? (admin ? AdminProblems.StatusOf(refusal) : StatusOf(refusal));
        if (refusal.RetryAfterSeconds is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            if (code == StatusCodes.Status429TooManyRequests)
            {
                var time = http.RequestServices.GetRequiredService<TimeProvider>();
                http.Response.Headers["X-Rate-Limit-Reset"] = (time.GetUtcNow().ToUnixTimeSeconds() + seconds).ToString(CultureInfo.InvariantCulture);
            }
        }

        if (http.Features.Get<IDialect>() is { } dialect)
        {
            return dialect.RefuseAsync(http, refusal, code);
        }

        var uri = $"{http.RequestServices.GetRequiredService<Links>().BaseOf(http.Request)}{ErrorPage}#{refusal.Code}";
        return admin
            ? AdminProblems.WriteAsync(http, refusal, code, uri, fields)
            : JsonAnswer.WriteAsync(http, code, new(new(refusal.Type, refusal.Message, uri, refusal.Code)), ApiJson.Plain.ErrorAnswer);
    }
}
