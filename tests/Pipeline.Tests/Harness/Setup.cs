namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>How a test wants its pipeline: hosts, servers and settings.</summary>
internal sealed record Setup
{
    public int Apis { get; init; } = 1;

    public int Workers { get; init; } = 1;

    /// <summary>Servers that the test may stop and kill.</summary>
    public bool OwnDatabase { get; init; }

    public bool OwnBroker { get; init; }

    /// <summary>Nodes that the hosts are configured with instead of one broker.</summary>
    public BrokerCluster? Cluster { get; init; }

    /// <summary>Nobody reads what the hosts print.</summary>
    public bool UnreadLogs { get; init; }

    /// <summary>How wrong the clocks of the hosts are, given in turn to those of a kind, as faketime says it: +1h, -1h.</summary>
    public IReadOnlyList<string> ClockOffsets { get; init; } = [];

    /// <summary>Options of the hosts' sessions beside their own.</summary>
    public string? ConnectionOptions { get; init; }

    /// <summary>Configuration over the defaults; keys with colons.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
