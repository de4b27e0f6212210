using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace OtpPipeline.Api.Tests.CompatibleApis.Support;

/// <summary>Puts a request on the wire byte by byte.</summary>
internal static class RawCaller
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public sealed record Raw(string Head, string Body)
    {
        public int Status => int.Parse(Head.Split(' ')[1]);

        public JsonElement Json => JsonElement.Parse(Body);
    }

    /// <summary>The head with its line ends as they are, and "{length}" for the length of the body.</summary>
    public static async Task<Raw> SendAsync(Uri server, string head, string body)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Host, server.Port, patience.Token);
        await using var stream = socket.GetStream();
        var request = head.Replace("{host}", server.Authority, StringComparison.Ordinal).Replace("{length}", $"{Encoding.UTF8.GetByteCount(body)}", StringComparison.Ordinal);
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{request}\r\n\r\n{body}"), patience.Token);
        var received = new StringBuilder();
        var buffer = new byte[8192];
        while (true)
        {
            var text = received.ToString();
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0 && text.Length - end - 4 >= int.Parse(text[..(end + 2)].Split("Content-Length: ")[1].Split("\r\n")[0]))
            {
                return new(text[..(end + 2)], text[(end + 4)..]);
            }

            var count = await stream.ReadAsync(buffer, patience.Token);
            count.ShouldBeGreaterThan(0, "the connection ended before the answer");
            received.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
    }
}
