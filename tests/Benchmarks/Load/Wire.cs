using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace OtpPipeline.Benchmarks.Load;

/// <summary>
/// One kept-alive HTTP/1.1 connection that sends finished bytes and looks at as little of the answer as it must: the load shares its
/// cores with what it measures.
/// </summary>
internal sealed class Wire : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[64 * 1024];
    private int bodyStart;
    private int filled;

    /// <summary>Body of the last answer.</summary>
    public ReadOnlySpan<byte> Body => buffer.AsSpan(bodyStart, filled - bodyStart);

    /// <summary>The otpId in the last answer's body.</summary>
    public Guid OtpId()
    {
        var at = Body.IndexOf("\"otpId\":\""u8);
        return at >= 0 && Utf8Parser.TryParse(Body[(at + 9)..], out Guid id, out _) ? id : throw new BenchException("An answer has no otpId.");
    }

    public static async Task<Wire> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        var wire = new Wire();
        await wire.socket.ConnectAsync(IPAddress.Parse(address.Host), address.Port, cancellationToken);
        return wire;
    }

    /// <summary>Sends a whole request and returns the status of its answer.</summary>
    public async ValueTask<int> CallAsync(ReadOnlyMemory<byte> request)
    {
        await socket.SendAsync(request);
        (filled, bodyStart) = (0, 0);
        do
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(filled));
            if (count == 0)
            {
                throw new BenchException("The server closed a connection in the middle of an answer.");
            }

            filled += count;
        }
        while (!IsWhole());

        // "HTTP/1.1 201 ..."
        return Utf8Parser.TryParse(buffer.AsSpan(9, 3), out int status, out _) ? status : 0;
    }

    public void Dispose() => socket.Dispose();

    private bool IsWhole()
    {
        if (bodyStart == 0)
        {
            var end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                return false;
            }

            bodyStart = end + 4;
        }

        var head = buffer.AsSpan(0, bodyStart);
        var at = head.IndexOf("Content-Length: "u8);
        if (at >= 0)
        {
            return Utf8Parser.TryParse(head[(at + 16)..], out int length, out _) && filled - bodyStart >= length;
        }

        return head.IndexOf("chunked"u8) < 0 || Body.EndsWith("0\r\n\r\n"u8);
    }
}
