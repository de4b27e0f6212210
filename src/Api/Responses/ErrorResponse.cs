using System.Globalization;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Responses;

/// <summary>Answers with an error in the format of the API that was called.</summary>
internal static class ErrorResponse
{
    private static readonly IErrorFormat Problem = new ProblemFormat();

    /// <param name="http">The request.</param>
    /// <param name="error">The error.</param>
    /// <param name="status">The HTTP status; default: the format's.</param>
    /// <param name="format">Null for the format of the path: of a compatible API, of /admin, or the native one.</param>
    public static Task WriteAsync(HttpContext http, OtpError error, int? status = null, IErrorFormat? format = null)
    {
        format ??= http.Features.Get<IErrorFormat>() ?? (ProblemFormat.IsAdmin(http) ? Problem : NativeErrorFormat.Instance);
        var code = status ?? format.StatusOf(error);
        if (error.RetryAfterSeconds is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            if (code == StatusCodes.Status429TooManyRequests)
            {
                var time = http.RequestServices.GetRequiredService<TimeProvider>();
                http.Response.Headers["X-Rate-Limit-Reset"] = (
                    time.GetUtcNow().ToUnixTimeSeconds() + seconds).ToString(CultureInfo.InvariantCulture);
            }
        }

        return format.WriteAsync(http, error, code);
    }
}
