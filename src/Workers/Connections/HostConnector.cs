using System.Net;
using System.Net.Sockets;

namespace OtpPipeline.Workers.Connections;

/// <summary>Throws if a connection may not go to one of these addresses.</summary>
public delegate void CheckAddresses(IReadOnlyList<IPAddress> addresses);

/// <summary>Opens TCP connections: looks up the name, checks its addresses, and tries each of them (RFC 8305).</summary>
/// <remarks>The connection goes to exactly the checked addresses; the name is not looked up again.</remarks>
public sealed class HostConnector(NameLookups lookups, TimeProvider time)
{
    private const int MaxAddresses = 8;

    // RFC 8305, section 8: the recommended Connection Attempt Delay.
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <param name="owner">The owner whose share of look-ups is used.</param>
    /// <param name="target">Name or address, and port.</param>
    /// <param name="check">Called with all addresses before the first attempt.</param>
    /// <param name="cancellationToken">Ends all attempts.</param>
    public async Task<Socket> ConnectAsync(string owner, DnsEndPoint target, CheckAddresses check, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(target.Host, out var literal)
            ? [literal]
            : await lookups.ResolveAsync(owner, target.Host, cancellationToken);
        check(addresses);
        return await ConnectAsync(new Queue<IPAddress>(Interleave(addresses).Take(MaxAddresses)), target.Port, cancellationToken);
    }

    /// <summary>Alternates the two address families, beginning with the first address's family.</summary>
    internal static IEnumerable<IPAddress> Interleave(IReadOnlyList<IPAddress> addresses)
    {
        var first = new Queue<IPAddress>(addresses.Where(a => a.AddressFamily == addresses[0].AddressFamily));
        var second = new Queue<IPAddress>(addresses.Where(a => a.AddressFamily != addresses[0].AddressFamily));
        while (first.Count + second.Count > 0)
        {
            if (first.TryDequeue(out var one))
            {
                yield return one;
            }

            if (second.TryDequeue(out var other))
            {
                yield return other;
            }
        }
    }

    private async Task<Socket> ConnectAsync(Queue<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task<Socket>> attempts = [];
        Exception? failure = null;
        try
        {
            while (addresses.TryDequeue(out var address) || attempts.Count > 0)
            {
                if (address is not null)
                {
                    attempts.Add(AttemptAsync(new(address, port), stop.Token));
                }

                if (await FirstOfAsync(attempts, isLast: addresses.Count == 0, stop.Token) is not { } ended)
                {
                    continue;
                }

                attempts.Remove(ended);
                if (ended.IsCompletedSuccessfully)
                {
                    return await ended;
                }

                failure ??= ended.Exception?.InnerException;
            }
        }
        finally
        {
            await stop.CancelAsync();
            attempts.ForEach(a => _ = CloseAsync(a));
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw failure!;
    }

    /// <summary>Returns the first attempt to end; null if it is time to try the next address.</summary>
    private async Task<Task<Socket>?> FirstOfAsync(List<Task<Socket>> attempts, bool isLast, CancellationToken cancellationToken)
    {
        if (isLast)
        {
            return await Task.WhenAny(attempts);
        }

        var pause = Task.Delay(AttemptDelay, time, cancellationToken);
        return await Task.WhenAny([.. attempts, pause]) as Task<Socket>;
    }

    private static async Task<Socket> AttemptAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Closes the connection of a second successful attempt; only one is used.</summary>
    private static async Task CloseAsync(Task<Socket> attempt)
    {
        await ((Task)attempt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (attempt.IsCompletedSuccessfully)
        {
            (await attempt).Dispose();
        }
    }
}
