using Microsoft.AspNetCore.Http.Features;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.Middleware;

/// <summary>Answers a compressed body with 415 and the one accepted coding (RFC 9110, 15.5.16).</summary>
/// <remarks>The body has the format of the API that was called.</remarks>
internal static class IdentityBodies
{
    private const string Identity = "identity";

    public static IApplicationBuilder UseIdentityBodies(this IApplicationBuilder app) => app.Use(static (http, next) =>
    {
        if (http.GetEndpoint() is null || http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            || IsIdentity(http.Request.Headers.ContentEncoding))
        {
            return next(http);
        }

        http.Response.Headers.AcceptEncoding = Identity;
        return ErrorResponse.WriteAsync(http, ApiErrors.ContentCoding, StatusCodes.Status415UnsupportedMediaType);
    });

    private static bool IsIdentity(IEnumerable<string?> codings)
    {
        foreach (var coding in codings)
        {
            foreach (var part in (coding ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!part.Equals(Identity, StringComparison.OrdinalIgnoreCase))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
