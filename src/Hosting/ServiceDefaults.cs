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

/// <summary>What both hosts have in common, whatever they do.</summary>
public static class ServiceDefaults
{
    private static readonly string[] ListenKeys = ["urls", "http_ports", "https_ports", "Kestrel:Endpoints"];
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(30);

    /// <summary>Secrets from files, logs, telemetry, health checks, a graceful stop, and a Kestrel that does not name itself.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="serviceName">As logs and telemetry name the host, such as otp-api.</param>
    /// <param name="defaultUrl">Where the host listens when neither Urls, ASPNETCORE_URLS, ASPNETCORE_HTTP_PORTS nor Kestrel:Endpoints says
    /// otherwise.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string serviceName, string defaultUrl)
    {
        builder.Configuration.AddSecretFiles();

        // In appsettings.json it would win over ASPNETCORE_URLS.
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
