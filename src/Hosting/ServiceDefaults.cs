using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
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
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(30);

    /// <summary>Logs, telemetry, health checks, a graceful stop, and a Kestrel that does not name itself.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="serviceName">As logs and telemetry name the host, such as otp-api.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string serviceName)
    {
        builder.AddLogs(serviceName);
        builder.AddTelemetry(serviceName);
        builder.Services.AddHealth();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = StopTime);
        builder.Services.AddSingleton<IValidateOptions<SandboxOptions>, SandboxInProduction>();
        builder.WebHost.ConfigureKestrel(o => o.AddServerHeader = false);
        return builder;
    }
}
