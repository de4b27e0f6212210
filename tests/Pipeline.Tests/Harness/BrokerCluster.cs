namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>Three nodes of RabbitMQ. The first is not to be killed: its name server is that of all.</summary>
internal sealed class BrokerCluster : IAsyncDisposable
{
    private const int Size = 3;
    private readonly List<OwnServer> _nodes = [];

    /// <summary>For a client of the test's.</summary>
    public Uri First => _nodes[0].AmqpUri;

    /// <summary>Those that a test may kill and start again.</summary>
    public IEnumerable<OwnServer> Others => _nodes.Skip(1);

    /// <summary>As a host is configured with them.</summary>
    public IEnumerable<string> Hosts => _nodes.Select(n => n.AmqpUri.Authority);

    public static async Task<BrokerCluster> StartAsync()
    {
        var cluster = new BrokerCluster();
        try
        {
            for (var i = 0; i < Size; i++)
            {
                cluster._nodes.Add(await OwnServer.StartRabbitMqAsync(cluster._nodes.FirstOrDefault()));
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many clients are connected to a node.</summary>
    public async Task<int> ConnectionsAsync(OwnServer node) =>
        (await _nodes[0].ControlAsync("list_connections", "--quiet", "--no-table-headers", "port")).Split('\n')
            .Count(line => line.Trim() == $"{node.Port}");

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.AsEnumerable().Reverse())
        {
            await node.DisposeAsync();
        }
    }
}
