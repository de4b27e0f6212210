using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OtpPipeline.Hosting;

/// <summary>The headers that keep a browser from doing more with an answer than was meant.</summary>
public static class SecurityHeaders
{
    private const string Nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The pages of /docs load their own scripts, styles and descriptions, and nothing from elsewhere.</summary>
    private const string OwnPage =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src " +
        "'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Docs = "/docs";
    private const string OneYear = "max-age=31536000";

    /// <summary>For a host whose answers have nothing else in common.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use(static (http, next) =>
    {
        Set(http);
        http.Response.OnStarting(() =>
        {
            Complete(http);
            return Task.CompletedTask;
        });
        return next(http);
    });

    /// <summary>Before anything answers, so that errors and failures have them too.</summary>
    public static void Set(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = http.Request.Path.StartsWithSegments(Docs, StringComparison.OrdinalIgnoreCase) ? OwnPage : Nothing;
        if (http.Request.IsHttps)
        {
            headers.StrictTransportSecurity = OneYear;
        }
    }

    /// <summary>Once an answer begins: what says nothing of caches may hold a secret.</summary>
    public static void Complete(HttpContext http)
    {
        if (http.Response.Headers.CacheControl.Count == 0)
        {
            http.Response.Headers.CacheControl = "no-store";
        }
    }
}
