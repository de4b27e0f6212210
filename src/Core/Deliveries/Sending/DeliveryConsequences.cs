using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Deliveries.Sending;

/// <summary>The consequences of a delivery's outcome.</summary>
public sealed class DeliveryConsequences(ProviderChoice routes, OtpSecrets secrets, IOptions<DeliveryOptions> options)
{
    /// <summary>Reason of a further attempt that the application's spending limit did not allow.</summary>
    public const string SpendingLimit = "spending_limit";

    private static readonly HashSet<string> None = [];

    /// <summary>Settles the reserved price with that of the provider.</summary>
    public void AfterSuccess(OtpChanges changes, LockedOtp otp, Delivery delivery)
    {
        if (delivery.Provider is { } provider)
        {
            changes.Settle(otp, delivery, Cost(otp, delivery, country => routes.PriceOf(delivery.Channel, provider, country)));
        }
    }

    /// <summary>The recipient cannot get it: the step ends.</summary>
    public void AfterRefusal(OtpChanges changes, LockedOtp otp, Delivery delivery)
    {
        changes.Settle(otp, delivery, 0);
        EndStep(changes, otp, delivery);
    }

    /// <summary>Nothing was sent: asks another provider, or starts the next round; a step without rounds left counts as refused.</summary>
    public void AfterFailure(OtpChanges changes, LockedOtp otp, Delivery delivery, SendOutcome outcome, IReadOnlySet<string>? unusable)
    {
        var isOver = otp.State.At(changes.Now).IsFinal || HasLaterAttempt(otp, delivery);
        if (!isOver && Following(changes, otp, delivery, outcome is not SendOutcome.NotSent, outcome.Wait, unusable) is { } next)
        {
            // The reserved price moves to the next attempt.
            changes.Queue(otp, delivery, next, delivery.Cost, options.Value.LostAfter);
            delivery.Cost = 0;
            return;
        }

        changes.Settle(otp, delivery, 0);
        if (!isOver && (delivery.Round >= options.Value.MaxAttempts || StepSchedule.Next(otp) is not null))
        {
            EndStep(changes, otp, delivery);
        }
    }

    /// <summary>Sends again if the channel's policy allows it, through another provider where the route has one.</summary>
    public void AfterUnknown(OtpChanges changes, LockedOtp otp, Delivery delivery, IReadOnlySet<string>? unusable)
    {
        if (options.Value.From(delivery.Channel).UnknownPolicy != UnknownPolicy.AtLeastOnce
            || otp.State.At(changes.Now).IsFinal
            || HasLaterAttempt(otp, delivery)
            || Following(changes, otp, delivery, another: true, retryAfter: null, unusable) is not { } next)
        {
            return;
        }

        // The attempt before may have been sent: this one is a further send.
        var cost = routes.Named(delivery.Channel, delivery.Route) is { } route
            ? Cost(otp, delivery, country => routes.HighestPrice(delivery.Channel, route, country))
            : 0;
        var isAllowed = changes.TrySpend(otp, cost);
        var further = changes.Queue(otp, delivery, next, isAllowed ? cost : 0, options.Value.LostAfter);
        if (!isAllowed)
        {
            changes.Move(otp, further, DeliveryStatus.Failed, SpendingLimit);
        }
    }

    /// <summary>A receipt says that it did not arrive: without another open attempt its step is over, as after a refusal.</summary>
    public static void AfterUndelivered(OtpChanges changes, LockedOtp otp, Delivery delivery)
    {
        if (!otp.Deliveries.Exists(d => d.Step == delivery.Step && d.Status.KeepsStepOpen()))
        {
            EndStep(changes, otp, delivery);
        }
    }

    /// <summary>An attempt that seemed lost was sent: suppresses its queued repetitions, but no resend.</summary>
    public static void SuppressRepetitions(OtpChanges changes, LockedOtp otp, Delivery delivery)
    {
        foreach (var repetition in otp.Deliveries.Where(d => d.Step == delivery.Step && d.Status == DeliveryStatus.Queued && !d.IsResend))
        {
            changes.Move(otp, repetition, DeliveryStatus.Suppressed, "sent_after_all");
            changes.Settle(otp, repetition, 0);
        }
    }

    /// <summary>The step ended: the next one starts. Without one the OTP fails, unless a delivery has arrived or may arrive.</summary>
    private static void EndStep(OtpChanges changes, LockedOtp otp, Delivery delivery)
    {
        if (!changes.StartNextStep(otp, delivery) && !otp.Deliveries.Any(d => d.Status.KeepsAlive()))
        {
            changes.Move(otp, OtpRules.Undeliverable(otp.State, changes.Now));
        }
    }

    /// <summary>A resend, or a repetition, has taken the place of the attempt.</summary>
    private static bool HasLaterAttempt(LockedOtp otp, Delivery delivery) =>
        otp.Deliveries.Exists(d => d.Step == delivery.Step && d.Attempt > delivery.Attempt);

    /// <summary>All parts at the price for the country of the step's recipient.</summary>
    private decimal Cost(LockedOtp otp, Delivery delivery, Func<string?, decimal> price)
    {
        if (otp.Otp.IsTest)
        {
            return 0;
        }

        try
        {
            return otp.Otp.Parts * price(CountryOf(otp.Otp, delivery.Step));
        }
        catch (CryptographicException)
        {
            // The key of the recipients is missing: what was reserved stays.
            return delivery.Cost;
        }
    }

    /// <summary>A later step may go to an address with another country. Nothing is decrypted without prices.</summary>
    private string? CountryOf(Otp otp, int step) =>
        step > 1 && routes.HasPrices && secrets.DecryptDetails(otp.Id, otp.Details).AddressOf(step) is { } own
            ? own.CountryIso
            : otp.CountryIso;

    private NextAttempt? Following(
        OtpChanges changes, LockedOtp otp, Delivery delivery, bool another, TimeSpan? retryAfter, IReadOnlySet<string>? unusable) =>
        DeliveryRules.Following(
            delivery, routes.Named(delivery.Channel, delivery.Route)?.Providers ?? [], another, unusable ?? None, retryAfter,
            options.Value.MaxAttempts, changes.Now, otp.Otp.ExpiresAt - options.Value.ExpiryMargin);
}
