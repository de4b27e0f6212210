using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Callbacks;

namespace OtpPipeline.Workers.Callbacks;

/// <summary>All addresses of a name.</summary>
public delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken cancellationToken);

/// <summary>The subscriber's name leads to an address that callbacks may not reach.</summary>
public sealed class CallbackAddressRefusedException() : Exception("The address is not one that callbacks may reach.");

/// <summary>
/// Connects to subscribers. The name is resolved here and each of its addresses judged, and the connection goes to exactly those:
/// a name that means another address a moment later, a redirect or a proxy leads nowhere else.
/// </summary>
public sealed class CallbackConnections(ResolveHost resolve, IOptions<CallbackOptions> options)
{
    private const int MaxHeaderKilobytes = 16;

    /// <summary>The handler of all callbacks.</summary>
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
        MaxConnectionsPerServer = options.Value.ConcurrencyPerHost,
        MaxResponseHeadersLength = MaxHeaderKilobytes,

        // A name is resolved anew every minute, and an answer that does not end costs its connection instead of being read.
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        MaxResponseDrainSize = 64 * 1024,
        ResponseDrainTimeout = TimeSpan.FromMilliseconds(500),
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var target = context.DnsEndPoint;
        var addresses = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await resolve(target.Host, cancellationToken);
        if (!addresses.All(a => CallbackAddress.IsAllowed(a, options.Value.Allowed)))
        {
            throw new CallbackAddressRefusedException();
        }

        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        SocketException? failure = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, target.Port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException refused)
            {
                socket.Dispose();
                failure = refused;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw failure!;
    }
}

/// <summary>
/// The system's resolver, which holds a thread for as long as a name server is silent: on threads of its own and few of them, so that
/// names nobody answers for starve nothing else.
/// </summary>
public sealed class SystemResolver : IDisposable
{
    private const int Lookups = 64;
    private readonly SemaphoreSlim _places = new(Lookups);

    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        var lookup = Task.Factory.StartNew(() => Dns.GetHostAddresses(host), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _ = lookup.ContinueWith(
            done =>
            {
                // Whoever gave up waiting does not look at the failure.
                _ = done.Exception;
                _places.Release();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return await lookup.WaitAsync(cancellationToken);
    }

    public void Dispose() => _places.Dispose();
}
