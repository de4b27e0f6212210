using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>Any number of hosts that take a connection and never say a word: every address of 127.0.0.0/8 on one port.</summary>
internal sealed class DeadHosts : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Any, 0);
    private readonly ConcurrentBag<Socket> _held = [];

    public DeadHosts()
    {
        _listener.Start(4096);
        _ = HoldAsync();
    }

    public int Connections => _held.Count;

    public string Url(int number) => $"http://127.77.{number / 250}.{(number % 250) + 1}:{((IPEndPoint)_listener.LocalEndpoint).Port}/dead";

    public void Dispose()
    {
        _listener.Stop();
        foreach (var socket in _held)
        {
            socket.Dispose();
        }
    }

    private async Task HoldAsync()
    {
        try
        {
            while (true)
            {
                _held.Add(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            return;
        }
    }
}
