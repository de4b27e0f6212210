using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Stores;
using OtpPipeline.Workers.Connections;
using LogInException = MailKit.Security.AuthenticationException;
using TlsException = System.Security.Authentication.AuthenticationException;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>Opens a TCP connection to the entry's server.</summary>
internal delegate Task<Socket> ConnectToServer(CancellationToken cancellationToken);

/// <summary>A logged-in MailKit client that sends one message after another.</summary>
internal sealed class SmtpSession(SmtpServer server) : SmtpClient(new SmtpProgress(server.ReplyTimeout))
{
    // The first three would hide what was handed over. Addresses are ASCII, and SIZE would need a second rendering.
    private const SmtpCapabilities Unused = SmtpCapabilities.Pipelining | SmtpCapabilities.Chunking | SmtpCapabilities.BinaryMime
        | SmtpCapabilities.UTF8 | SmtpCapabilities.Size;

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    /// <summary>True if the last message's final dot may have been sent: the server may have it despite a later failure.</summary>
    public bool HandedOver => Progress.HandedOver;

    /// <summary>True if the last answer was 421: the server ends the connection.</summary>
    public bool Ending { get; private set; }

    /// <summary>True if another message may follow.</summary>
    public bool IsUsable => IsConnected && !Ending;

    private SmtpProgress Progress => (SmtpProgress)ProtocolLogger;

    /// <exception cref="SmtpSessionException">The session could not be opened; the reason says why.</exception>
    public static async Task<SmtpSession> OpenAsync(SmtpServer server, ConnectToServer connect, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(server.ConnectTimeout);
        var session = new SmtpSession(server);
        try
        {
            await session.OpenAsync(await connect(deadline.Token), deadline.Token);
            return session;
        }
        catch (Exception failure)
        {
            var told = Explain(failure, session.Progress.Reply);
            session.Dispose();
            throw told;
        }
    }

    public async Task<SendOutcome> SendAsync(OutgoingMail mail, LeaseClock lease, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var progress = mail.Progress = Progress;
        progress.Begin(lease, deadline);
        try
        {
            var answer = await SendAsync(
                FormatOptions.Default, mail, mail.EnvelopeSender, [mail.EnvelopeRecipient], deadline.Token);

            // The id is stored unencrypted, so an id that quotes the recipient is not used.
            var id = SmtpMessageId.In(answer);
            var isQuotation = id?.Contains($"{mail.EnvelopeRecipient.LocalPart}@", StringComparison.OrdinalIgnoreCase) == true;
            return new SendOutcome.Accepted(id is null || isQuotation ? mail.Id : id);
        }
        catch (Exception failure)
        {
            // The server's answer counts, even if the connection failed afterwards.
            var verdict = VerdictIn(failure) ?? progress.Reply;
            Ending = verdict is { Code: 421 };
            return (verdict?.Code, progress.HandedOver) switch
            {
                ( >= 400, _) => SmtpVerdict.From(progress.Stage, verdict!),
                ( < 300, true) => new SendOutcome.Accepted(mail.Id),
                (_, true) => new SendOutcome.Unknown(Reason(failure)),
                _ when failure is LeaseOverException => new SendOutcome.NotSent(ProviderCalls.ClaimOver),
                _ => new SendOutcome.ProviderFailed(Reason(failure)),
            };
        }
        finally
        {
            progress.End();
        }
    }

    /// <summary>Sends QUIT unless the server ended the connection, then disposes the session.</summary>
    public async Task CloseAsync()
    {
        using var deadline = new CancellationTokenSource(Farewell);
        await DisconnectAsync(quit: !Ending, deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Dispose();
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
        SmtpCommandException refused => Refused(SmtpReply.From((int)refused.StatusCode, refused.Message)),
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

    private static SmtpReply? VerdictIn(Exception failure) => failure switch
    {
        SmtpCommandException refused => SmtpReply.From((int)refused.StatusCode, refused.Message),
        ServiceNotAuthenticatedException => new(530, null),
        _ => null,
    };

    private static string Reason(Exception failure) => failure switch
    {
        OperationCanceledException => "timeout",
        _ => "connection_lost",
    };
}
