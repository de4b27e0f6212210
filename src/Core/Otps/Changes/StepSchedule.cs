using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps.Plans;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>Decides when the step after the current one of a plan starts. Pure.</summary>
public static class StepSchedule
{
    /// <summary>The step after the last one that has started; null when the plan has no further step.</summary>
    public static int? Next(LockedOtp locked)
    {
        if (locked.Otp.Plan is null)
        {
            return null;
        }

        var next = Current(locked) + 1;
        return OtpPlan.Find(locked.Otp, next) is null ? null : next;
    }

    /// <summary>The last step that has started.</summary>
    public static int Current(LockedOtp locked) => locked.Deliveries.Select(d => d.Step).DefaultIfEmpty(0).Max();

    /// <summary>The next step's wait, which begins when a provider took, or may have taken, a delivery of the current step.</summary>
    /// <remarks>Null when no step is left, or when the wait would end after the OTP.</remarks>
    public static PendingStep? AfterSend(LockedOtp locked, Delivery delivery, DateTime now)
    {
        if (locked.Otp.Plan is null || !StartsWait(delivery.Status) || delivery.Step != Current(locked) || locked.Otp.Status != OtpStatus.Pending
            || OtpPlan.Find(locked.Otp, delivery.Step + 1) is not { } step)
        {
            return null;
        }

        var due = now.AddSeconds(step.WaitSeconds);
        return due < locked.Otp.ExpiresAt ? Row(locked, delivery.Step + 1, due) : null;
    }

    /// <summary>The next step's start at once, after the current step failed.</summary>
    /// <returns>Null when the failed delivery is of an earlier step, when no step is left, or when the message arrived.</returns>
    public static PendingStep? AfterFailure(LockedOtp locked, Delivery delivery, DateTime now) =>
        delivery.Step == Current(locked) && Next(locked) is { } next && !locked.State.At(now).IsFinal
            && !locked.Deliveries.Exists(
                d => d.Step == delivery.Step && d.Status is DeliveryStatus.Delivered or DeliveryStatus.Read)
            ? Row(locked, next, now)
            : null;

    private static bool StartsWait(DeliveryStatus status) =>
        status is DeliveryStatus.Sent or DeliveryStatus.Unknown or DeliveryStatus.Delivered or DeliveryStatus.Read;

    private static PendingStep Row(LockedOtp locked, int step, DateTime due) =>
        new() { OtpId = locked.Otp.Id, ApplicationId = locked.Otp.ApplicationId, Step = step, DueAt = due };
}
