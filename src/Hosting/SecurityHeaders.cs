using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OtpPipeline.Hosting;

/// <summary>Adds the headers that restrict what a browser does with an answer.</summary>
public static class SecurityHeaders
{
    private const string Nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The pages of /docs load their scripts, styles and descriptions from this host only.</summary>
    private const string OwnPage =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src " +
        "'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Docs = "/docs";
    private const string OneYear = "max-age=31536000";

    /// <summary>For a host that adds nothing else to every answer.</summary>
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

    /// <summary>Runs before any answer, so that errors and failures have the headers too.</summary>
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

    /// <summary>Runs when an answer begins: an answer without a cache header may hold a secret.</summary>
    public static void Complete(HttpContext http)
    {
        if (http.Response.Headers.CacheControl.Count == 0)
        {
            http.Response.Headers.CacheControl = "no-store";
        }
    }
}
