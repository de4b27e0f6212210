using System.Net.Sockets;
using System.Text;

namespace OtpPipeline.Demo.Gateway;

/// <summary>A minimal mail server: accepts every message and puts its text into the inbox.</summary>
internal static class MailReceiver
{
    private const StringComparison AnyCase = StringComparison.OrdinalIgnoreCase;

    /// <summary>The sandbox refuses the same address.</summary>
    private const string UnknownMailbox = "refused@sandbox.example";

    public static async Task RunAsync(TcpListener listener, Inbox inbox, CancellationToken stop)
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync(stop);
            _ = ServeAsync(client, inbox, stop);
        }
    }

    private static async Task ServeAsync(TcpClient client, Inbox inbox, CancellationToken stop)
    {
        try
        {
            using (client)
            {
                await TalkAsync(client.GetStream(), inbox, stop);
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("A mail connection ended in the middle.");
        }
    }

    private static async Task TalkAsync(Stream stream, Inbox inbox, CancellationToken stop)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(
            stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true, NewLine = "\r\n" };
        List<string> recipients = [];
        await writer.WriteLineAsync("220 demo");
        while (await reader.ReadLineAsync(stop) is { } line)
        {
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await writer.WriteLineAsync("250-demo\r\n250 8BITMIME");
                    break;
                case "RCPT":
                    var mailbox = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
                    if (string.Equals(mailbox, UnknownMailbox, AnyCase))
                    {
                        await writer.WriteLineAsync("550 5.1.1 unknown mailbox");
                        break;
                    }

                    recipients.Add(mailbox);
                    await writer.WriteLineAsync("250 known");
                    break;
                case "DATA":
                    await writer.WriteLineAsync("354 go on, end with a dot");
                    var text = TextOf(await ReadMessageAsync(reader, stop));
                    recipients.ForEach(r => inbox.Add(new("email", r, text)));
                    recipients.Clear();
                    await writer.WriteLineAsync("250 taken");
                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 good-bye");
                    return;
                case "MAIL" or "RSET" or "NOOP":
                    recipients.Clear();
                    await writer.WriteLineAsync("250 fine");
                    break;
                default:
                    await writer.WriteLineAsync("502 not known here");
                    break;
            }
        }
    }

    private static async Task<List<string>> ReadMessageAsync(StreamReader reader, CancellationToken stop)
    {
        List<string> lines = [];
        while (await reader.ReadLineAsync(stop) is { } line && line is not ".")
        {
            lines.Add(line.StartsWith("..", StringComparison.Ordinal) ? line[1..] : line);
        }

        return lines;
    }

    /// <summary>Returns the body of a single-part message.</summary>
    private static string TextOf(List<string> lines)
    {
        var end = lines.IndexOf("");
        var body = string.Join('\n', lines.Skip(end + 1));
        return lines.Take(end).Any(h => h.StartsWith("Content-Transfer-Encoding: base64", AnyCase))
            ? Encoding.UTF8.GetString(Convert.FromBase64String(body))
            : body;
    }
}
