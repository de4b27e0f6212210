using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Providers;

/// <summary>Connects to gateways and mail servers; all entries share the DNS look-ups.</summary>
internal sealed class ProviderConnector(ResolveName resolve, TimeProvider time)
{
    private const int Lookups = 32;
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(5);

    public HostConnector Connector { get; } = new(new(resolve, Lookups, LookupTimeout, time), time);
}
