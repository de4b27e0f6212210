using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OtpPipeline.Hosting.Bus.Connection;

namespace OtpPipeline.Hosting.Health;

/// <summary>Checks whether a node of the broker accepts connections, and the broker messages.</summary>
/// <remarks>MassTransit's own check stays healthy in a host that only publishes.</remarks>
internal sealed class BrokerHealth(IOptions<RabbitMqOptions> options, BrokerProblems problems) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var failure = default(SocketError);
        await foreach (var attempt in Task.WhenEach(options.Value.Resolve().Nodes.Select(n => TryAsync(n, answered.Token))))
        {
            failure = await attempt;
            if (failure == SocketError.Success)
            {
                // A node that does not answer is not waited for.
                await answered.CancelAsync();
                return problems.Current is { Count: > 0 } sentences
                    ? HealthCheckResult.Degraded(string.Join(' ', sentences))
                    : HealthCheckResult.Healthy();
            }
        }

        return new(context.Registration.FailureStatus, $"The broker cannot be reached: {failure}");
    }

    private static async Task<SocketError> TryAsync(BrokerNode node, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(node.Host, node.Port, cancellationToken);
            return SocketError.Success;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode;
        }
    }
}
