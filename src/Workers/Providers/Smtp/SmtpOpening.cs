using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>Opens a TCP connection to the entry's server.</summary>
internal delegate Task<Socket> ConnectToServer(CancellationToken cancellationToken);

/// <summary>From the first byte to a server that takes messages: greeting, EHLO, STARTTLS, AUTH.</summary>
internal static class SmtpOpening
{
    /// <exception cref="SmtpSessionException">It did not come to that; the reason says why.</exception>
    public static async Task<SmtpSession> OpenAsync(SmtpServer server, ConnectToServer connect, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(server.ConnectTimeout);
        SmtpConnection? connection = null;
        try
        {
            connection = new(await connect(deadline.Token));
            var extensions = await GreetAsync(connection, server, deadline.Token);
            await LogInAsync(connection, server, extensions, deadline.Token);
            return new(connection, extensions.Contains("8BITMIME"), server.ReplyTimeout);
        }
        catch (Exception failure)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }

            throw Explain(failure) ?? failure;
        }
    }

    private static SmtpSessionException? Explain(Exception failure) => failure switch
    {
        SmtpSessionException told => told,
        AuthenticationException => new("tls_failed", "its certificate is not trusted, or not for this host", ours: true),
        SocketException { SocketErrorCode: var error } => new("unavailable", $"no connection ({error})", ours: false),
        IOException => new("unavailable", "the connection ended before the log-in", ours: false),
        SmtpProtocolException => new("unavailable", failure.Message, ours: false),
        OperationCanceledException or NoLookupPlaceException => new("unavailable", "it was too slow", ours: false),
        _ => null,
    };

    private static async Task<HashSet<string>> GreetAsync(SmtpConnection connection, SmtpServer server, CancellationToken cancellationToken)
    {
        if (server.Security == SmtpSecurity.Tls)
        {
            await connection.SecureAsync(server, cancellationToken);
        }

        Require(await ReadAsync(connection, cancellationToken), "greeting");
        var extensions = await HelloAsync(connection, server, cancellationToken);
        if (server.Security != SmtpSecurity.StartTls)
        {
            return extensions;
        }

        if (!extensions.Contains("STARTTLS"))
        {
            throw new SmtpSessionException("tls_unavailable", "it does not offer STARTTLS", ours: true);
        }

        Require(await AskAsync(connection, "STARTTLS", cancellationToken), "STARTTLS");
        if (connection.HasUnread)
        {
            // Whoever sits between us may have put an answer in front of the TLS handshake.
            throw new SmtpSessionException("tls_failed", "it spoke between STARTTLS and the handshake", ours: false);
        }

        await connection.SecureAsync(server, cancellationToken);
        return await HelloAsync(connection, server, cancellationToken);
    }

    private static async Task<HashSet<string>> HelloAsync(SmtpConnection connection, SmtpServer server, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(connection, $"EHLO {server.HelloName ?? connection.LocalAddress}", cancellationToken);
        Require(reply, "EHLO");
        HashSet<string> extensions = new(StringComparer.OrdinalIgnoreCase);
        foreach (var words in reply.Lines.Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(w => w.Length > 0))
        {
            extensions.Add(words[0]);
            extensions.UnionWith(words.Skip(1).Select(parameter => $"{words[0]} {parameter}"));
        }

        return extensions;
    }

    private static async Task LogInAsync(SmtpConnection connection, SmtpServer server, HashSet<string> extensions, CancellationToken cancellationToken)
    {
        if (server.Username is not { } username)
        {
            return;
        }

        SmtpReply reply;
        if (extensions.Contains("AUTH PLAIN"))
        {
            reply = await AskAsync(connection, $"AUTH PLAIN {Base64($"\0{username}\0{server.Password}")}", cancellationToken);
        }
        else if (extensions.Contains("AUTH LOGIN"))
        {
            reply = await AskAsync(connection, "AUTH LOGIN", cancellationToken);
            foreach (var answer in new[] { username, server.Password! }.TakeWhile(_ => reply.Code == 334))
            {
                reply = await AskAsync(connection, Base64(answer), cancellationToken);
            }
        }
        else
        {
            throw new SmtpSessionException("authentication_failed", "it offers neither AUTH PLAIN nor AUTH LOGIN", ours: true);
        }

        if (reply.Code >= 500)
        {
            throw new SmtpSessionException("authentication_failed", $"it answered {reply} to the log-in", ours: true);
        }

        Require(reply, "AUTH");
    }

    private static void Require(SmtpReply reply, string what)
    {
        if (!reply.IsPositive)
        {
            throw new SmtpSessionException(SmtpVerdict.IsThrottling(reply) ? "throttled" : "unavailable", $"it answered {reply} at {what}", ours: false);
        }
    }

    private static async Task<SmtpReply> AskAsync(SmtpConnection connection, string line, CancellationToken cancellationToken)
    {
        await connection.WriteLineAsync(line, cancellationToken);
        return await ReadAsync(connection, cancellationToken);
    }

    private static Task<SmtpReply> ReadAsync(SmtpConnection connection, CancellationToken cancellationToken) =>
        SmtpReply.ReadAsync(() => connection.ReadLineAsync(cancellationToken));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
