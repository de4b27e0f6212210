using MailKit;
using MailKit.Net.Smtp;
using MimeKit;
using OtpPipeline.Core;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>A logged-in connection: takes one message after another.</summary>
internal sealed class SmtpSession(SmtpConnection connection) : IDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    /// <summary>The final dot of the last message was on its way: the server may have taken it, whatever happened then.</summary>
    public bool HandedOver => connection.Progress.HandedOver;

    /// <summary>The last answer was 421: the server ends the connection.</summary>
    public bool Ending { get; private set; }

    /// <summary>Another message may follow.</summary>
    public bool IsUsable => connection.IsConnected && !Ending;

    /// <exception cref="SmtpSessionException">No session came about.</exception>
    public static async Task<SmtpSession> OpenAsync(SmtpServer server, ConnectToServer connect, CancellationToken cancellationToken) =>
        new(await SmtpConnection.OpenAsync(server, connect, cancellationToken));

    public async Task<SendOutcome> SendAsync(OutgoingMail mail, LeaseClock lease, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var progress = mail.Progress = connection.Progress;
        progress.Begin(lease, deadline);
        try
        {
            var answer = await connection.SendAsync(
                FormatOptions.Default, mail, mail.EnvelopeSender, [mail.EnvelopeRecipient], deadline.Token);

            // The id is kept in clear: one that quotes the recipient is not taken.
            var id = SmtpMessageId.In(answer);
            var isQuotation = id?.Contains($"{mail.EnvelopeRecipient.LocalPart}@", StringComparison.OrdinalIgnoreCase) == true;
            return new SendOutcome.Accepted(id is null || isQuotation ? mail.Id : id);
        }
        catch (Exception failure)
        {
            // What the server said stands, whatever became of the connection afterwards.
            var verdict = VerdictIn(failure) ?? progress.Reply;
            Ending = verdict is { Code: 421 };
            return (verdict?.Code, progress.HandedOver) switch
            {
                ( >= 400, _) => SmtpVerdict.Of(progress.Stage, verdict!),
                ( < 300, true) => new SendOutcome.Accepted(mail.Id),
                (_, true) => new SendOutcome.Unknown(Reason(failure)),
                _ => new SendOutcome.Transient(Reason(failure)),
            };
        }
        finally
        {
            progress.End();
        }
    }

    /// <summary>Says good-bye, if the server listens.</summary>
    public async Task CloseAsync()
    {
        using var deadline = new CancellationTokenSource(Farewell);
        await connection.DisconnectAsync(quit: !Ending, deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Dispose();
    }

    public void Dispose() => connection.Dispose();

    private static SmtpReply? VerdictIn(Exception failure) => failure switch
    {
        SmtpCommandException refused => new((int)refused.StatusCode, refused.Message),
        ServiceNotAuthenticatedException => new(530, null),
        _ => null,
    };

    private static string Reason(Exception failure) => failure switch
    {
        LeaseOverException => ProviderCalls.ClaimOver,
        OperationCanceledException => "timeout",
        _ => "connection_lost",
    };
}
