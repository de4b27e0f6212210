using Microsoft.AspNetCore.HostFiltering;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Responses;

/// <summary>Where the links in answers begin. A Host that anybody may send is never repeated.</summary>
internal sealed class Links(IOptions<ApiOptions> api, IOptionsMonitor<HostFilteringOptions> hosts)
{
    private const string AnyHost = "*";

    /// <summary>Marks a request that the framework's filter of hosts let pass.</summary>
    public static void MarkAllowed(HttpContext http) => http.Features.Set(Passed.Instance);

    /// <summary>
    /// Api:PublicUrl; or the request's scheme and host where AllowedHosts names hosts; or nothing, so that the link is relative.
    /// </summary>
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

    /// <summary>Where the code of an error is explained.</summary>
    public static string ErrorPage(HttpContext http, OtpError error) =>
        $"{http.RequestServices.GetRequiredService<Links>().BaseOf(http.Request)}/docs/errors#{error.Code}";

    private sealed class Passed
    {
        public static readonly Passed Instance = new();
    }
}
