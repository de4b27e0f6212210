using Microsoft.AspNetCore.HostFiltering;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Receipts;

namespace OtpPipeline.Api.Responses;

/// <summary>Base address of the links in answers. A Host header that was not checked is never repeated.</summary>
internal sealed class Links(IOptions<PublicUrlOptions> api, IOptionsMonitor<HostFilteringOptions> hosts)
{
    private const string AnyHost = "*";

    /// <summary>Marks a request that passed the framework's host filter.</summary>
    public static void MarkAllowed(HttpContext http) => http.Features.Set(Passed.Instance);

    /// <summary>Api:PublicUrl; or the request's scheme and host where AllowedHosts names hosts; or empty, for a relative link.</summary>
    public string BaseOf(HttpRequest request)
    {
        if (api.Value.PublicUrl is { } configured)
        {
            return configured.TrimEnd('/');
        }

        var allowed = hosts.CurrentValue.AllowedHosts;
        return request.HttpContext.Features.Get<Passed>() is not null && request.Host.HasValue && allowed.Count > 0
            && !allowed.Contains(AnyHost, StringComparer.Ordinal)
            ? $"{request.Scheme}://{request.Host.ToUriComponent()}"
            : "";
    }

    /// <summary>The page that explains the code of an error.</summary>
    public static string ErrorPage(HttpContext http, OtpError error) =>
        $"{http.RequestServices.GetRequiredService<Links>().BaseOf(http.Request)}/docs/errors#{error.Code}";

    private sealed class Passed
    {
        public static readonly Passed Instance = new();
    }
}
