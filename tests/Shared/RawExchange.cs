using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace OtpPipeline.Tests.Shared;

/// <summary>What came back for bytes that may be no request at all; status 0 for nothing.</summary>
internal sealed record RawAnswer(int Status, string Head, string Body)
{
    public static readonly RawAnswer None = new(0, "", "");

    /// <summary>The application answered, and not the server before it.</summary>
    public bool IsOfTheApplication => Head.Contains("\r\nX-Request-Id: ", StringComparison.OrdinalIgnoreCase);

    public JsonElement Json => JsonElement.Parse(Body);

    public string MediaType => Head.Split("\r\nContent-Type: ", 2, StringSplitOptions.None) is [_, var rest] ? rest.Split("\r\n")[0] : "";
}

/// <summary>A request byte by byte, on a connection of its own.</summary>
internal static class RawExchange
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The head with its line ends as they are, "{host}", and "{length}" for the length of the body.</summary>
    public static Task<RawAnswer> SendAsync(Uri server, string head, string body)
    {
        var filled = head.Replace("{host}", server.Authority, StringComparison.Ordinal)
            .Replace("{length}", $"{Encoding.UTF8.GetByteCount(body)}", StringComparison.Ordinal);
        return SendAsync(server, Encoding.UTF8.GetBytes($"{filled}\r\n\r\n{body}"));
    }

    /// <summary>Ends with the connection, or with the last byte of an answer that names its length.</summary>
    public static async Task<RawAnswer> SendAsync(Uri server, byte[] request)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(server.Host, server.Port, patience.Token);
        await using var stream = socket.GetStream();
        var writing = WriteAsync(stream, request, patience.Token);
        var received = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            for (var count = await stream.ReadAsync(buffer, patience.Token); count > 0; count = await stream.ReadAsync(buffer, patience.Token))
            {
                received.Write(buffer, 0, count);
                if (IsWhole(Encoding.UTF8.GetString(received.ToArray())))
                {
                    break;
                }
            }
        }
        catch (IOException)
        {
            // The server went away while more was written to it: what it said before counts.
        }

        socket.Close();
        await writing;
        return Parse(Encoding.UTF8.GetString(received.ToArray()));
    }

    private static async Task WriteAsync(NetworkStream stream, byte[] request, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(request, cancellationToken);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // It was refused before its end.
        }
    }

    private static bool IsWhole(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end >= 0
            && text[..(end + 2)].Split("\r\nContent-Length: ", 2) is [_, var rest]
            && Encoding.UTF8.GetByteCount(text[(end + 4)..]) >= int.Parse(rest.Split("\r\n")[0]);
    }

    private static RawAnswer Parse(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end > 0
            && text.Split(' ', 3) is ["HTTP/1.1", var status, _] ? new(int.Parse(status), text[..(end + 2)], text[(end + 4)..]) : RawAnswer.None;
    }
}
