using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Callbacks;

/// <summary>The callback URL leads into a network that callbacks may not reach.</summary>
public sealed class CallbackAddressRefusedException(IPNetwork? network) : Exception("The address is not one that callbacks may reach.")
{
    /// <summary>The refused network; null if the URL itself is refused.</summary>
    public IPNetwork? Network { get; } = network;
}

/// <summary>Connects to subscribers, only at addresses that callbacks may reach.</summary>
/// <remarks>A changed DNS answer, a redirect or a proxy cannot lead a callback anywhere else.</remarks>
public sealed class CallbackConnections(HostConnector connector, IOptions<CallbackOptions> options)
{
    private const int MaxHeaderKilobytes = 16;

    /// <summary>The application whose share of DNS look-ups the request uses.</summary>
    public static readonly HttpRequestOptionsKey<Guid> Application = new("otp.application");

    /// <summary>Creates the handler of all callbacks. <see cref="HostQueues{T}"/> limits the connections.</summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        PreAuthenticate = false,
        AutomaticDecompression = DecompressionMethods.None,

        // HttpClient creates no span, which would show the path, and sends no trace context to third parties.
        ActivityHeadersPropagator = null,
        ConnectCallback = ConnectAsync,
        ConnectTimeout = options.Value.Timeout,
        MaxResponseHeadersLength = MaxHeaderKilobytes,

        // Each name is resolved again every minute. An endless answer costs its connection and is not read to the end.
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
