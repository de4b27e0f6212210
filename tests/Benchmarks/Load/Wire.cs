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
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _bodyStart;
    private int _filled;

    /// <summary>Body of the last answer.</summary>
    public ReadOnlySpan<byte> Body => _buffer.AsSpan(_bodyStart, _filled - _bodyStart);

    /// <summary>The otpId in the last answer's body.</summary>
    public Guid OtpId() => OtpIdIn(Body);

    /// <summary>The otpId in a JSON object.</summary>
    public static Guid OtpIdIn(ReadOnlySpan<byte> json)
    {
        var at = json.IndexOf("\"otpId\":\""u8);
        return at >= 0
            && Utf8Parser.TryParse(json[(at + 9)..], out Guid id, out _) ? id : throw new BenchException("A body has no otpId.");
    }

    public static async Task<Wire> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        var wire = new Wire();
        await wire._socket.ConnectAsync(IPAddress.Parse(address.Host), address.Port, cancellationToken);
        return wire;
    }

    /// <summary>Sends a whole request and returns the status of its answer.</summary>
    public async ValueTask<int> CallAsync(ReadOnlyMemory<byte> request)
    {
        await _socket.SendAsync(request);
        (_filled, _bodyStart) = (0, 0);
        do
        {
            var count = await _socket.ReceiveAsync(_buffer.AsMemory(_filled));
            if (count == 0)
            {
                throw new BenchException("The server closed a connection in the middle of an answer.");
            }

            _filled += count;
        }
        while (!IsWhole());

        // "HTTP/1.1 201 ..."
        return Utf8Parser.TryParse(_buffer.AsSpan(9, 3), out int status, out _) ? status : 0;
    }

    public void Dispose() => _socket.Dispose();

    private bool IsWhole()
    {
        if (_bodyStart == 0)
        {
            var end = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                return false;
            }

            _bodyStart = end + 4;
        }

        var head = _buffer.AsSpan(0, _bodyStart);
        var at = head.IndexOf("Content-Length: "u8);
        if (at >= 0)
        {
            return Utf8Parser.TryParse(head[(at + 16)..], out int length, out _) && _filled - _bodyStart >= length;
        }

        return head.IndexOf("chunked"u8) < 0 || Body.EndsWith("0\r\n\r\n"u8);
    }
}
