using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>An attempt to add to an OTP.</summary>
/// <param name="Channel">How it is sent.</param>
/// <param name="Route">Name of the route that leads to its provider.</param>
/// <param name="Step">Step of the delivery plan, from 1.</param>
/// <param name="Attempt">Attempt within the step, from 1.</param>
/// <param name="IsResend">A resend asked for it.</param>
/// <param name="Cost">What is reserved for it.</param>
/// <param name="Round">Round of the route, from 1.</param>
/// <param name="Tried">Providers tried in this round, with commas between.</param>
public readonly record struct NewAttempt(
    Channel Channel, string Route, int Step, int Attempt, bool IsResend, decimal Cost, int Round = 1, string Tried = "");

/// <summary>Adds attempts, steps and versions of the PIN to the changes of a transaction.</summary>
public static class FurtherAttempts
{
    /// <summary>Adds an attempt of the same step; it waits for its application's turn.</summary>
    /// <param name="changes">The transaction's changes.</param>
    /// <param name="locked">The OTP.</param>
    /// <param name="previous">The attempt before.</param>
    /// <param name="next">The attempt to add.</param>
    /// <param name="cost">What is reserved for it.</param>
    /// <param name="lostAfter">When its work command seems lost.</param>
    public static Delivery Queue(
        this OtpChanges changes, LockedOtp locked, Delivery previous, NextAttempt next, decimal cost, TimeSpan lostAfter) =>
        changes.QueueAttempt(
            locked,
            new(
                previous.Channel, previous.Route, previous.Step, previous.Attempt + 1, IsResend: false, cost, next.Round, next.Tried),
            next.Delay, lostAfter);

    /// <summary>Adds an attempt, due after the delay; it waits for its application's turn.</summary>
    public static Delivery QueueAttempt(this OtpChanges changes, LockedOtp locked, NewAttempt attempt, TimeSpan delay, TimeSpan lostAfter)
    {
        var now = changes.Now;
        var next = new Delivery
        {
            Id = Guid.CreateVersion7(),
            OtpId = locked.Otp.Id,
            ApplicationId = locked.Otp.ApplicationId,
            Channel = attempt.Channel,
            Route = attempt.Route,
            Step = attempt.Step,
            Attempt = attempt.Attempt,
            IsResend = attempt.IsResend,
            Round = attempt.Round,
            Tried = attempt.Tried,
            Cost = attempt.Cost,
            Status = DeliveryStatus.Queued,
            DueAt = now + delay,
            PublishDueAt = now + delay + lostAfter,
            WaitingSince = now,
            TraceParent = changes.TraceParent,
            CreatedAt = now,
            UpdatedAt = now,
        };
        changes.NewDeliveries.Add(next);
        locked.Deliveries.Add(next);
        return next;
    }

    /// <summary>Starts the next step of the plan now, after a delivery of the current one failed; false when no step is left.</summary>
    /// <remarks>A step that is left keeps the OTP alive, also when an earlier step's delivery failed.</remarks>
    public static bool StartNextStep(this OtpChanges changes, LockedOtp locked, Delivery failed)
    {
        changes.Await(StepSchedule.AfterFailure(locked, failed, changes.Now));
        return StepSchedule.Next(locked) is not null;
    }

    /// <summary>Adds a new version of the PIN.</summary>
    /// <param name="changes">The transaction's changes.</param>
    /// <param name="locked">The OTP.</param>
    /// <param name="pin">The new PIN.</param>
    /// <param name="keepsBefore">The PIN before stays valid.</param>
    /// <param name="secrets">Encrypts it.</param>
    public static void RenewPin(this OtpChanges changes, LockedOtp locked, Pin pin, bool keepsBefore, OtpSecrets secrets)
    {
        var otp = locked.Otp;
        var before = locked.Pin?.Version ?? 0;
        changes.NewPins.Add(new()
        {
            OtpId = otp.Id,
            Version = before + 1,
            Ciphertext = secrets.EncryptPin(otp.Id, before + 1, pin),
            KeyId = secrets.CurrentKeyId,
            ValidUntil = otp.ExpiresAt,
            Exact = locked.Pin?.Exact == true,
        });
        changes.KeptPins.Add((otp.Id, keepsBefore ? before : before + 1));
    }
}
