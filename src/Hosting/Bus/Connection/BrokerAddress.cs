using RabbitMQ.Client;

namespace OtpPipeline.Hosting.Bus.Connection;

/// <summary>Nodes of the broker, and the credentials of this process.</summary>
internal sealed record BrokerAddress(IReadOnlyList<BrokerNode> Nodes, string VirtualHost, string Username, string Password, bool UseTls)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A connection that MassTransit does not open. Its user must reconnect by itself.</summary>
    public Task<IConnection> ConnectAsync(string connectionName, BrokerTls tls, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            VirtualHost = VirtualHost,
            UserName = Username,
            Password = Password,
            AutomaticRecoveryEnabled = false,
            RequestedHeartbeat = Patience,
            RequestedConnectionTimeout = Patience,
        };
        return factory.CreateConnectionAsync(CreateResolver(tls), connectionName, cancellationToken);
    }

    /// <summary>Gives all nodes in random order; a connection is made to the first that accepts it.</summary>
    public IEndpointResolver CreateResolver(BrokerTls tls) => new DefaultEndpointResolver(
        Nodes.Select(node => new AmqpTcpEndpoint(node.Host, node.Port, UseTls ? tls.ToOption(node.Host) : new SslOption())));

    /// <summary>Leaves the password out.</summary>
    public override string ToString() => string.Join(", ", Nodes);
}
