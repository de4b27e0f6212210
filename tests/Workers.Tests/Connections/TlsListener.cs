using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace OtpPipeline.Workers.Tests.Connections;

/// <summary>A server that shows a certificate and notes whether the client sends anything after that.</summary>
internal sealed class TlsListener : IAsyncDisposable
{
    private const int PostgresSslRequest = 80877103;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly bool _postgres;
    private readonly TaskCompletionSource<bool> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _serving;
    private int _spoke;

    /// <param name="certificate">What it shows.</param>
    /// <param name="postgres">Clients ask for TLS first, as PostgreSQL's do.</param>
    public TlsListener(X509Certificate2 certificate, bool postgres)
    {
        _certificate = certificate;
        _postgres = postgres;
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections on which a client said something after the handshake, such as a login.</summary>
    public int Spoke => Volatile.Read(ref _spoke);

    /// <summary>Whether the first client that came went on after the handshake.</summary>
    public Task<bool> FirstAsync() => _first.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            using (client)
            {
                var went = await GoesOnAsync(client.GetStream());
                if (went)
                {
                    Interlocked.Increment(ref _spoke);
                }

                _first.TrySetResult(went);
            }
        }
    }

    private async Task<bool> GoesOnAsync(NetworkStream stream)
    {
        try
        {
            if (_postgres)
            {
                await PrepareAsync(stream);
            }

            await using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
            await tls.AuthenticateAsServerAsync(_certificate);
            return await tls.ReadAsync(new byte[1]) == 1;
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException or SocketException)
        {
            return false;
        }
    }

    /// <summary>Refuses everything but the request for TLS.</summary>
    private static async Task PrepareAsync(NetworkStream stream)
    {
        var request = new byte[8];
        do
        {
            await stream.ReadExactlyAsync(request);
            await stream.WriteAsync(IsSslRequest(request) ? "S"u8.ToArray() : "N"u8.ToArray());
        }
        while (!IsSslRequest(request));
    }

    private static bool IsSslRequest(byte[] request) => BinaryPrimitives.ReadInt32BigEndian(request.AsSpan(4)) == PostgresSslRequest;
}
