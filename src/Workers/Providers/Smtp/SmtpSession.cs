using OtpPipeline.Core;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>A logged-in connection: takes one message after another.</summary>
internal sealed class SmtpSession(SmtpConnection connection, bool eightBit, TimeSpan replyTimeout) : IAsyncDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);
    private static readonly byte[] FinalDot = ".\r\n"u8.ToArray();

    /// <summary>The final dot of the last message was on its way: the server may have taken it, whatever happened then.</summary>
    public bool HandedOver { get; private set; }

    /// <summary>The last answer was 421: the server ends the connection.</summary>
    public bool Ending { get; private set; }

    public async Task<SendOutcome> SendAsync(Mail mail, LeaseClock lease, CancellationToken cancellationToken)
    {
        HandedOver = false;
        var content = MailWriter.Write(mail, eightBit);
        if (await AskAsync($"MAIL FROM:<{mail.From}>{(eightBit ? " BODY=8BITMIME" : "")}", cancellationToken) is { IsPositive: false } sender)
        {
            return await RefusedAsync(SmtpStage.Sender, sender, cancellationToken);
        }

        if (await AskAsync($"RCPT TO:<{mail.To}>", cancellationToken) is { IsPositive: false } recipient)
        {
            return await RefusedAsync(SmtpStage.Recipient, recipient, cancellationToken);
        }

        if (await AskAsync("DATA", cancellationToken) is { Code: not 354 } data)
        {
            return data.Code < 400 ? throw new SmtpProtocolException($"The server answered {data} to DATA.") : await RefusedAsync(SmtpStage.Content, data, cancellationToken);
        }

        await connection.WriteAsync(content, cancellationToken);
        if (lease.IsOver)
        {
            throw new LeaseOverException();
        }

        HandedOver = true;
        await connection.WriteAsync(FinalDot, cancellationToken);
        var taken = await ReadAsync(cancellationToken);
        Ending = taken.Code == 421;
        return taken.IsPositive ? new SendOutcome.Accepted(mail.MessageId) : SmtpVerdict.Of(SmtpStage.Content, taken);
    }

    /// <summary>Says good-bye, if the server listens.</summary>
    public async Task CloseAsync()
    {
        using var deadline = new CancellationTokenSource(Farewell);
        await connection.WriteLineAsync("QUIT", deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DisposeAsync();
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task<SendOutcome> RefusedAsync(SmtpStage stage, SmtpReply reply, CancellationToken cancellationToken)
    {
        Ending = reply.Code == 421 || !(await AskAsync("RSET", cancellationToken)).IsPositive;
        return SmtpVerdict.Of(stage, reply);
    }

    /// <summary>Before the message is handed over an answer that does not come costs this attempt only.</summary>
    private async Task<SmtpReply> AskAsync(string line, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(replyTimeout);
        await connection.WriteLineAsync(line, deadline.Token);
        return await ReadAsync(deadline.Token);
    }

    private Task<SmtpReply> ReadAsync(CancellationToken cancellationToken) => SmtpReply.ReadAsync(() => connection.ReadLineAsync(cancellationToken));
}
