using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Plans;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Core.Otps.Sending;

/// <summary>Decides whether an OTP may be sent again, before limits are asked. Pure.</summary>
internal static class ResendRules
{
    /// <summary>The step to send again: the channel's last one that has started, or the current one.</summary>
    public static Result<int> Step(ResendCommand command, LockedOtp locked)
    {
        var steps = locked.Deliveries.Where(d => command.Channel is not { } channel || d.Channel == channel).Select(d => d.Step).ToList();
        return steps.Count > 0 ? steps.Max()
            : OtpPlan.From(locked.Otp).Any(s => s.Channel == command.Channel) ? OtpErrors.StepNotStarted
            : OtpErrors.ResendChannelInvalid;
    }

    /// <summary>Why the application's settings, or the OTP's own PIN or text, forbid the policy; null when they allow it.</summary>
    public static OtpError? Policy(ResendCommand command, LockedOtp locked, OtpDetails details)
    {
        var settings = command.Application.Settings;
        return command.Policy is { } named && named != settings.ResendPolicy && !settings.ResendPolicyByRequest
            ? OtpErrors.ResendPolicyNotAllowed
            : PolicyOf(command) != ResendPolicy.Same && (details.NewPin is null || locked.Pin is null) ? OtpErrors.ResendOfOwnMessage
            : null;
    }

    public static ResendPolicy PolicyOf(ResendCommand command) => command.RetryPeriod is not null
        ? ResendPolicy.Same
        : command.Policy ?? command.Application.Settings.ResendPolicy;

    /// <summary>Why the OTP was sent too often, or a moment ago; null otherwise, and for callers with a retry period.</summary>
    public static OtpError? TooMany(ResendCommand command, LockedOtp locked, DateTime now)
    {
        if (command.RetryPeriod is not null)
        {
            return null;
        }

        var settings = command.Application.Settings;
        if (locked.Deliveries.Count(d => d.IsResend) >= settings.MaxResends)
        {
            return OtpErrors.ResendsUsed;
        }

        var last = locked.Deliveries.Where(d => d.IsResend || d.Attempt == 1).Max(d => d.CreatedAt);
        var wait = last.AddSeconds(settings.ResendCooldown) - now;
        return wait > TimeSpan.Zero ? OtpErrors.ResendTooSoon(wait) : null;
    }

    /// <summary>Whether an attempt of the step already brings this PIN.</summary>
    /// <remarks>A queued attempt takes the newest PIN when it is claimed; one that waits for a retry is too late.</remarks>
    public static bool IsOnItsWay(IEnumerable<Delivery> ofStep, bool newPin, DateTime now) =>
        ofStep.Any(d => (d.Status == DeliveryStatus.Queued && d.DueAt <= now) || (d.Status == DeliveryStatus.Sending && !newPin));
}
