using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace OtpPipeline.Api.Security;

/// <summary>Accepts a caller's address and scheme only from the proxies that Api:KnownProxies names.</summary>
internal static class KnownProxies
{
    private const string FrameworkKey = "FORWARDEDHEADERS_ENABLED";

    /// <exception cref="OptionsValidationException">The framework's own switch is on, which trusts every client.</exception>
    public static void AddKnownProxies(this WebApplicationBuilder builder)
    {
        if (builder.Configuration.GetValue<bool>(FrameworkKey))
        {
            throw new OptionsValidationException(
                ApiOptions.Section, typeof(ApiOptions),
                [$"ASPNETCORE_{FrameworkKey} believes every client: remove it and name the proxies in Api:KnownProxies."]);
        }

        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ApiOptions>>((forwarded, api) =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;

            // Any number of proxies in a row: each of them must be known.
            forwarded.ForwardLimit = null;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in api.Value.ProxyNetworks())
            {
                forwarded.KnownIPNetworks.Add(network);
            }
        });
    }

    /// <summary>Not used without a known proxy, because the middleware then trusts every client.</summary>
    public static IApplicationBuilder UseKnownProxies(this IApplicationBuilder app) =>
        app.ApplicationServices.GetRequiredService<IOptions<ApiOptions>>().Value.ProxyNetworks().Any() ? app.UseForwardedHeaders() : app;
}
