using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Hosting.Health;
using OtpPipeline.Hosting.Logging;
using OtpPipeline.Hosting.Starting;
using OtpPipeline.Hosting.Telemetry;

namespace OtpPipeline.Hosting;

/// <summary>Adds the services that both hosts share.</summary>
public static class ServiceDefaults
{
    private static readonly string[] ListenKeys = ["urls", "http_ports", "https_ports", "Kestrel:Endpoints"];
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(30);

    /// <summary>Adds secret files, logs, telemetry, health checks, a graceful stop, and Kestrel without its Server header.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="serviceName">Name of the host in logs and telemetry, such as otp-api.</param>
    /// <param name="defaultUrl">Listening URL when Urls, ASPNETCORE_URLS, ASPNETCORE_HTTP_PORTS and Kestrel:Endpoints are not
    /// set.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string serviceName, string defaultUrl)
    {
        builder.Configuration.AddSecretFiles();

        // Not in appsettings.json, where it would override ASPNETCORE_URLS.
        if (!ListenKeys.Any(key => builder.Configuration.GetSection(key).Exists()))
        {
            builder.WebHost.UseUrls(defaultUrl);
        }

        builder.AddLogs(serviceName);
        builder.AddTelemetry(serviceName);
        builder.Services.AddHealth();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = StopTime);
        builder.Services.AddSingleton<IValidateOptions<SandboxOptions>, SandboxInProduction>();
        builder.WebHost.ConfigureKestrel(o => o.AddServerHeader = false);
        return builder;
    }
}
