using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OtpPipeline.Workers.Tests.Providers.Support;

/// <summary>A server that does what no server should; counts the connections and the requests whose end it saw.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<RawConnection, Task> _script;
    private readonly Task _accepting;
    private int _connections;
    private int _requests;

    public RawServer(Func<RawConnection, Task> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref _connections);

    public int Requests => Volatile.Read(ref _requests);

    public void Saw() => Interlocked.Increment(ref _requests);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            Interlocked.Increment(ref _connections);
            _ = PlayAsync(client);
        }
    }

    private async Task PlayAsync(TcpClient client)
    {
        using (client)
        {
            await _script(new(client.GetStream(), Connections, _stop.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

/// <summary>One connection of a <see cref="RawServer"/>.</summary>
/// <param name="stream">Its bytes.</param>
/// <param name="number">Which one it is, from 1.</param>
/// <param name="stopped">The test is over.</param>
internal sealed class RawConnection(Stream stream, int number, CancellationToken stopped)
{
    private readonly StreamReader _reader = new(stream, Encoding.UTF8);

    public int Number => number;

    public async Task SayAsync(string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), stopped);

    public async Task<string?> HearAsync() => await _reader.ReadLineAsync(stopped);

    /// <summary>Reads until this line came.</summary>
    public async Task HearUntilAsync(string line)
    {
        while (await HearAsync() is { } heard && heard != line)
        {
            // What comes before it is of no interest.
        }
    }

    public Task NothingAsync() => Task.Delay(Timeout.InfiniteTimeSpan, stopped);
}
