using System.Net;
using System.Net.Sockets;

namespace OtpPipeline.Workers.Tests.Connections;

/// <summary>A port whose queue is full: the system drops further attempts to connect, as a firewall does.</summary>
internal sealed class SilentPort : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _queued = [];

    public SilentPort(string address, int port)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        _listener.Listen(0);
        for (var i = 0; i < 4; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _queued.Add(socket);
            try
            {
                socket.Connect(_listener.LocalEndPoint!);
            }
            catch (SocketException begun) when (begun.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // It goes on by itself; the first takes the place in the queue.
            }
        }
    }

    public IPAddress Address => ((IPEndPoint)_listener.LocalEndPoint!).Address;

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose()
    {
        _queued.ForEach(s => s.Dispose());
        _listener.Dispose();
    }
}
