using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Callbacks;

/// <summary>The URL leads into a network that callbacks may not reach.</summary>
public sealed class CallbackAddressRefusedException(IPNetwork? network) : Exception("The address is not one that callbacks may reach.")
{
    /// <summary>Null where the URL itself is refused.</summary>
    public IPNetwork? Network { get; } = network;
}

/// <summary>Connects to subscribers, at addresses that callbacks may reach only.</summary>
/// <remarks>A name that means another address a moment later, a redirect or a proxy leads nowhere else.</remarks>
public sealed class CallbackConnections(HostConnector connector, IOptions<CallbackOptions> options)
{
    private const int MaxHeaderKilobytes = 16;

    /// <summary>Whose share of look-ups a request takes.</summary>
    public static readonly HttpRequestOptionsKey<Guid> Application = new("otp.application");

    /// <summary>The handler of all callbacks. <see cref="HostQueues{T}"/> limits the connections.</summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        PreAuthenticate = false,
        AutomaticDecompression = DecompressionMethods.None,

        // No span of HttpClient's own, which would show the path, and no trace context for strangers.
        ActivityHeadersPropagator = null,
        ConnectCallback = ConnectAsync,
        ConnectTimeout = options.Value.Timeout,
        MaxResponseHeadersLength = MaxHeaderKilobytes,

        // A name is resolved anew every minute, and an answer that does not end costs its connection instead of being read.
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        MaxResponseDrainSize = 64 * 1024,
        ResponseDrainTimeout = TimeSpan.FromMilliseconds(500),
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        context.InitialRequestMessage.Options.TryGetValue(Application, out var application);
        var socket = await connector.ConnectAsync(application.ToString(), context.DnsEndPoint, Check, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private void Check(IReadOnlyList<IPAddress> addresses)
    {
        foreach (var address in addresses)
        {
            if (CallbackAddress.RefusedNetwork(address, options.Value.Allowed) is { } network)
            {
                throw new CallbackAddressRefusedException(network);
            }
        }
    }
}
