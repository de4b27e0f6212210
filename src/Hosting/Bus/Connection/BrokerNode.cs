using System.Globalization;

namespace OtpPipeline.Hosting.Bus.Connection;

/// <summary>One node of the broker; a node of a cluster, or the only one.</summary>
internal sealed record BrokerNode(string Host, ushort Port)
{
    /// <summary>Reads host or host:port; an IPv6 address stands in brackets. Null for anything else.</summary>
    public static BrokerNode? Read(string? text, int portWithoutOne)
    {
        if (text is null || text.AsSpan().IndexOfAny("/?#@ ") >= 0 || !Uri.TryCreate($"amqp://{text}", UriKind.Absolute, out var uri))
        {
            return null;
        }

        var host = uri.DnsSafeHost;
        var port = uri.Port < 0 ? portWithoutOne : uri.Port;
        return Uri.CheckHostName(host) switch
        {
            UriHostNameType.Unknown => null,
            UriHostNameType.IPv6 when !text.StartsWith('[') => null,
            _ => port > 0 ? new(host, (ushort)port) : null,
        };
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
