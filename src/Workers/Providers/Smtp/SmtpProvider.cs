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
            if (outcome is null)
            {
                var session = await pool.OpenAsync(cancellationToken);
                outcome = await ReachMomentAsync(delivery, cancellationToken)
                    ? await UseAsync(session, mail, lease, cancellationToken)
                    : NotSent(session);
            }
        }
        catch (SmtpSessionException failure)
        {
            Log.NoSession(
                logger, failure.Ours ? LogLevel.Error : LogLevel.Information, delivery.Delivery.Id, name, failure.Reason, failure.Message);
            return SmtpVerdict.NoSession(failure.Reason);
        }

        Tell(delivery, outcome);
        return outcome;
    }

    public ValueTask DisposeAsync() => pool.DisposeAsync();

    /// <summary>Opening a session takes time: the message may need another moment. False when that does not come in time.</summary>
    private static async ValueTask<bool> ReachMomentAsync(OutgoingDelivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            await (delivery.Moment?.Invoke(cancellationToken) ?? ValueTask.CompletedTask);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private SendOutcome.NotSent NotSent(SmtpSession session)
    {
        pool.Return(session);
        return new(ProviderCalls.ClaimOver);
    }

    /// <summary>Returns null if the kept connection is dead. It received nothing of the message, so a new one may be used.</summary>
    private async Task<SendOutcome?> ReuseAsync(
        SmtpSession session, OutgoingMail mail, LeaseClock lease, CancellationToken cancellationToken)
    {
        var outcome = await UseAsync(session, mail, lease, cancellationToken);
        var isDead = session.Ending || outcome is SendOutcome.ProviderFailed { Reason: "connection_lost" };
        return isDead && !session.HandedOver ? null : outcome;
    }

    private async Task<SendOutcome> UseAsync(SmtpSession session, OutgoingMail mail, LeaseClock lease, CancellationToken cancellationToken)
    {
        var outcome = await session.SendAsync(mail, lease, cancellationToken);
        pool.Return(session);
        return outcome;
    }

    private void Tell(OutgoingDelivery delivery, SendOutcome outcome)
    {
        if (outcome.Cause is { } reason)
        {
            var level = reason is "authentication_failed" ? LogLevel.Error
                : outcome is SendOutcome.Unknown ? LogLevel.Warning : LogLevel.Information;
            Log.Answered(logger, level, delivery.Delivery.Id, name, reason);
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
