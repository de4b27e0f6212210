using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OtpPipeline.Hosting.Bus.Connection;

namespace OtpPipeline.Hosting.Health;

/// <summary>Checks whether the broker accepts connections and messages.</summary>
/// <remarks>MassTransit's own check stays healthy in a host that only publishes.</remarks>
internal sealed class BrokerHealth(IOptions<RabbitMqOptions> options, BrokerProblems problems) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var address = options.Value.Resolve();
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address.Host, address.Port, cancellationToken);
            return problems.Current is { Count: > 0 } sentences
                ? HealthCheckResult.Degraded(string.Join(' ', sentences))
                : HealthCheckResult.Healthy();
        }
        catch (SocketException failure)
        {
            return new(context.Registration.FailureStatus, $"The broker cannot be reached: {failure.SocketErrorCode}");
        }
    }
}
