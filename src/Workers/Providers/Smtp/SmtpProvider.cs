using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>Sends messages through a mail server that an entry of section <c>Providers</c> names.</summary>
internal sealed partial class SmtpProvider(string name, MailTemplate letter, SmtpPool pool, TimeProvider time, ILogger<SmtpProvider> logger)
    : IOtpProvider, IAsyncDisposable
{
    public string Name => name;

    public async Task<SendOutcome> SendAsync(OutgoingDelivery delivery, CancellationToken cancellationToken)
    {
        using var mail = letter.Write(delivery, time.GetUtcNow());
        var lease = delivery.Lease ?? LeaseClock.Endless;
        var outcome = pool.Take() is { } kept ? await ReuseAsync(kept, mail, lease, cancellationToken) : null;
        try
        {
            outcome ??= await UseAsync(await pool.OpenAsync(cancellationToken), mail, lease, cancellationToken);
        }
        catch (SmtpSessionException failure)
        {
            Log.NoSession(
                logger, failure.Ours ? LogLevel.Error : LogLevel.Information, delivery.Delivery.Id, name, failure.Reason, failure.Message);
            return new SendOutcome.Transient(failure.Reason);
        }

        Tell(delivery, outcome);
        return outcome;
    }

    public ValueTask DisposeAsync() => pool.DisposeAsync();

    /// <summary>Returns null if the kept connection is dead. It received nothing of the message, so a new one may be used.</summary>
    private async Task<SendOutcome?> ReuseAsync(
        SmtpSession session, OutgoingMail mail, LeaseClock lease, CancellationToken cancellationToken)
    {
        var outcome = await UseAsync(session, mail, lease, cancellationToken);
        return !session.HandedOver && (session.Ending || outcome is SendOutcome.Transient { Reason: "connection_lost" }) ? null : outcome;
    }

    private async Task<SendOutcome> UseAsync(SmtpSession session, OutgoingMail mail, LeaseClock lease, CancellationToken cancellationToken)
    {
        var outcome = await session.SendAsync(mail, lease, cancellationToken);
        pool.Return(session);
        return outcome;
    }

    private void Tell(OutgoingDelivery delivery, SendOutcome outcome)
    {
        switch (outcome)
        {
            case SendOutcome.Refused refused:
                Log.Answered(logger, LogLevel.Information, delivery.Delivery.Id, name, refused.Reason);
                break;
            case SendOutcome.Transient transient:
                Log.Answered(
                    logger, transient.Reason is "authentication_failed" ? LogLevel.Error : LogLevel.Information, delivery.Delivery.Id, name,
                    transient.Reason);
                break;
            case SendOutcome.Unknown unknown:
                Log.Answered(logger, LogLevel.Warning, delivery.Delivery.Id, name, unknown.Reason);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Message = "Delivery {DeliveryId}: no session with {Provider}: {Reason}, {Message}")]
        public static partial void NoSession(
            ILogger logger, LogLevel level, Guid deliveryId, string provider, string reason, string message);

        [LoggerMessage(Message = "Delivery {DeliveryId}: {Provider} did not take it: {Reason}")]
        public static partial void Answered(ILogger logger, LogLevel level, Guid deliveryId, string provider, string reason);
    }
}
