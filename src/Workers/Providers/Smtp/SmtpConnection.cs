using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>Bytes and lines to and from a mail server, in clear and over TLS.</summary>
internal sealed class SmtpConnection : IAsyncDisposable
{
    private const int LongestLine = 4096;
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[LongestLine];
    private Stream _stream;
    private int _start;
    private int _end;

    public SmtpConnection(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Our side of the connection as SMTP writes an address: [192.0.2.1].</summary>
    public string LocalAddress => ((IPEndPoint)_socket.LocalEndPoint!).Address switch
    {
        { IsIPv4MappedToIPv6: true } mapped => $"[{mapped.MapToIPv4()}]",
        { AddressFamily: AddressFamily.InterNetworkV6 } six => $"[IPv6:{six}]",
        var four => $"[{four}]",
    };

    /// <summary>Bytes that came and were not read yet.</summary>
    public bool HasUnread => _end > _start;

    /// <summary>Goes on over TLS; the certificate must be for the host and from a trusted authority.</summary>
    public async Task SecureAsync(SmtpServer server, CancellationToken cancellationToken)
    {
        var secured = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = secured;
        await secured.AuthenticateAsClientAsync(new() { TargetHost = server.Host, CertificateChainPolicy = server.Trust }, cancellationToken);
    }

    public async Task WriteLineAsync(string line, CancellationToken cancellationToken) => await WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), cancellationToken);

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(bytes, cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    /// <summary>The next line without its end.</summary>
    public async ValueTask<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start.._end).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = Encoding.UTF8.GetString(_buffer, _start, length).TrimEnd('\r');
                _start += length + 1;
                return line;
            }

            await FillAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length)
        {
            throw new SmtpProtocolException("The server's answer has a line that is too long.");
        }

        var count = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        if (count == 0)
        {
            throw new EndOfStreamException("The server ended the connection.");
        }

        _end += count;
    }
}
