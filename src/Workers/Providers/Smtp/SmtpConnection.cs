using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MailKit.Net.Smtp;
using MailKit.Security;
using OtpPipeline.Workers.Connections;
using LogInException = MailKit.Security.AuthenticationException;
using TlsException = System.Security.Authentication.AuthenticationException;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>Opens a TCP connection to the entry's server.</summary>
internal delegate Task<Socket> ConnectToServer(CancellationToken cancellationToken);

/// <summary>MailKit's client from the first byte to a server that takes messages.</summary>
internal sealed class SmtpConnection(SmtpServer server) : SmtpClient(new SmtpProgress(server.ReplyTimeout))
{
    // With the first three nobody could tell what was handed over. Addresses are ASCII, and SIZE would cost a second rendering.
    private const SmtpCapabilities Unused = SmtpCapabilities.Pipelining | SmtpCapabilities.Chunking | SmtpCapabilities.BinaryMime
        | SmtpCapabilities.UTF8 | SmtpCapabilities.Size;

    public SmtpProgress Progress => (SmtpProgress)ProtocolLogger;

    /// <exception cref="SmtpSessionException">It did not come to that; the reason says why.</exception>
    public static async Task<SmtpConnection> OpenAsync(SmtpServer server, ConnectToServer connect, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(server.ConnectTimeout);
        var connection = new SmtpConnection(server);
        try
        {
            await connection.OpenAsync(await connect(deadline.Token), deadline.Token);
            return connection;
        }
        catch (Exception failure)
        {
            var told = Explain(failure, connection.Progress.Reply);
            connection.Dispose();
            throw told;
        }
    }

    protected override SslClientAuthenticationOptions GetSslClientAuthenticationOptions(
        string host, RemoteCertificateValidationCallback remoteCertificateValidationCallback)
    {
        var options = base.GetSslClientAuthenticationOptions(host, remoteCertificateValidationCallback);
        options.CertificateChainPolicy = server.Trust;
        return options;
    }

    private static SmtpSessionException Explain(Exception failure, SmtpReply? reply) => failure switch
    {
        SmtpSessionException told => told,
        SslHandshakeException { InnerException: TlsException } =>
            new("tls_failed", "its certificate is not trusted, or not for this host", ours: true),
        SslHandshakeException { InnerException: { } cause } => Explain(cause, reply: null),
        NotSupportedException => new("tls_unavailable", "it does not offer STARTTLS", ours: true),
        LogInException when reply is not { Code: < 500 } => new("authentication_failed", $"it answered {reply} to the log-in", ours: true),
        SmtpCommandException refused => Refused(new SmtpReply((int)refused.StatusCode, refused.Message)),
        _ when reply is { Code: >= 400 } => Refused(reply),
        SocketException { SocketErrorCode: var error } => new("unavailable", $"no connection ({error})", ours: false),
        IOException or SmtpProtocolException =>
            new("unavailable", "the connection ended before the log-in, or it does not speak SMTP", ours: false),
        OperationCanceledException or NoLookupPlaceException => new("unavailable", "it was too slow", ours: false),
        _ => new("unavailable", failure.GetType().Name, ours: false),
    };

    private static SmtpSessionException Refused(SmtpReply reply) =>
        new(SmtpVerdict.IsThrottling(reply) ? "throttled" : "unavailable", $"it answered {reply} before the log-in", ours: false);

    private async Task OpenAsync(Socket socket, CancellationToken cancellationToken)
    {
        LocalDomain = server.HelloName ?? ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        CheckCertificateRevocation = false;
        var security = server.Security switch
        {
            SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
            SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        };
        await ConnectAsync(new NetworkStream(socket, ownsSocket: true), server.Host, server.Port, security, cancellationToken);
        if (server.Username is { } username)
        {
            await AuthenticateAsync(Mechanism(username, server.Password!), cancellationToken);
        }

        Capabilities &= ~Unused;
    }

    private SaslMechanism Mechanism(string username, string password) =>
        Offers("PLAIN") ? new SaslMechanismPlain(username, password)
        : Offers("LOGIN") ? new SaslMechanismLogin(username, password)
        : throw new SmtpSessionException("authentication_failed", "it offers neither AUTH PLAIN nor AUTH LOGIN", ours: true);

    private bool Offers(string mechanism) => AuthenticationMechanisms.Contains(mechanism, StringComparer.OrdinalIgnoreCase);
}
