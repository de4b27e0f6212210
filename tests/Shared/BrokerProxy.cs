using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OtpPipeline.Tests.Shared;

/// <summary>Stands between the outbox and the real broker, so that a test can take the broker away or make it hang.</summary>
internal sealed class BrokerProxy : IAsyncDisposable
{
    private readonly Uri _target;
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = [];
    private readonly int _port;
    private volatile TaskCompletionSource _open = Opened();
    private TcpListener _listener;

    private BrokerProxy(Uri target)
    {
        _target = target;
        _listener = Listen(0);
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    public Uri Address => new UriBuilder(_target) { Host = "127.0.0.1", Port = _port }.Uri;

    public static BrokerProxy To(Uri target) => new(target);

    /// <summary>Connections break and none can be made.</summary>
    public void Cut()
    {
        _listener.Stop();
        foreach (var client in _clients.Keys)
        {
            client.Dispose();
        }

        _clients.Clear();
    }

    public void Mend() => _listener = Listen(_port);

    /// <summary>Connections stay, and nothing passes.</summary>
    public void Hang() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => _open.TrySetResult();

    public ValueTask DisposeAsync()
    {
        Thaw();
        Cut();
        return ValueTask.CompletedTask;
    }

    private static TaskCompletionSource Opened()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private TcpListener Listen(int at)
    {
        var started = new TcpListener(IPAddress.Loopback, at);
        started.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        started.Start();
        _ = AcceptAsync(started);
        return started;
    }

    private async Task AcceptAsync(TcpListener from)
    {
        try
        {
            while (true)
            {
                var client = await from.AcceptTcpClientAsync();
                var server = new TcpClient();
                await server.ConnectAsync(_target.Host, _target.Port);
                _clients.TryAdd(client, true);
                _clients.TryAdd(server, true);
                _ = PassAsync(client, server);
                _ = PassAsync(server, client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            from.Stop();
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await from.GetStream().ReadAsync(buffer)) > 0)
            {
                await _open.Task;
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            from.Dispose();
        }

        to.Dispose();
    }
}
