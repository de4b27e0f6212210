using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps.Plans;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>A step of a valid plan with its recipient.</summary>
/// <param name="Step">Channel and wait.</param>
/// <param name="Recipient">Where it goes.</param>
public readonly record struct RequestedStep(PlanStep Step, Recipient Recipient);

/// <summary>Rules for the delivery plan of a request.</summary>
internal static class PlanRules
{
    /// <summary>The steps that the request or the application names, or the error of the first one that is not valid.</summary>
    public static Result<PlanStep[]> Steps(OtpRequest request, ApplicationSettings settings)
    {
        if (request.ChannelsMalformed)
        {
            return OtpErrors.PlanInvalid;
        }

        if (request.Channels is not { } steps)
        {
            return RecipientRules.TryChannel(request.Channel, settings, out var channel)
                ? request.Channel.IsAbsent && settings.Plan.Length > 1 ? Default(settings) : new PlanStep[] { new(channel, 0) }
                : OtpErrors.ChannelInvalid;
        }

        if (!request.Channel.IsAbsent)
        {
            return OtpErrors.PlanAndChannel;
        }

        if (steps.Count is 0 or > OptionRules.MaxSteps)
        {
            return OtpErrors.PlanInvalid;
        }

        var plan = new PlanStep[steps.Count];
        for (var i = 0; i < plan.Length; i++)
        {
            if (!EnumText<Channel>.TryParse(steps[i].Channel.Text ?? "", out var channel))
            {
                return OtpErrors.StepChannelInvalid(i);
            }

            var wait = steps[i].WaitSeconds;
            if (i == 0 && !wait.IsAbsent)
            {
                return OtpErrors.FirstStepWaits;
            }

            if (wait.IsAbsent)
            {
                plan[i] = new(channel, i == 0 ? 0 : settings.PlanWait);
            }
            else if (wait.WholeFrom(OptionRules.MinStepWait, OptionRules.MaxStepWait) is { } seconds)
            {
                plan[i] = new(channel, seconds);
            }
            else
            {
                return OtpErrors.StepWaitInvalid(i);
            }
        }

        return plan;
    }

    /// <summary>The recipient of each step after the first.</summary>
    /// <remarks>A step of the application's plan without an address in the request is left out; one of the request's plan is an error.</remarks>
    public static Result<List<RequestedStep>> Recipients(
        OtpRequest request, IReadOnlyList<PlanStep> plan, Recipient first, ApplicationSettings settings)
    {
        var steps = new List<RequestedStep> { new(plan[0], first) };
        for (var i = 1; i < plan.Count; i++)
        {
            if (request.Channels is null && RecipientRules.IsMissing(request, plan[i].Channel))
            {
                continue;
            }

            var recipient = Recipient(request, plan[i].Channel, i);
            if ((recipient.Error ?? RecipientRules.Serve(recipient.Value, plan[i].Channel, settings.Limits)) is { } error)
            {
                return error;
            }

            steps.Add(new(plan[i], recipient.Value));
        }

        return steps;
    }

    /// <summary>Where a step goes: its own recipient, or the request's field of its channel's kind.</summary>
    public static Result<Recipient> Recipient(OtpRequest request, Channel channel, int index)
    {
        if (request.Channels?[index].Recipient is not { IsAbsent: false } own)
        {
            return RecipientRules.Validate(request, channel);
        }

        var recipient = RecipientRules.Validate(request with { PhoneNumber = own, Email = own, ChatId = own }, channel);
        return recipient.Error is null ? recipient : OtpErrors.StepRecipientInvalid(index, channel);
    }

    /// <summary>The addresses of steps that do not go to the first one's recipient; null without one.</summary>
    public static StepAddress[]? Addresses(IReadOnlyList<RequestedStep> steps)
    {
        var first = steps[0].Recipient;
        StepAddress[] own = [
            .. steps.Select((s, i) => (s.Recipient, Number: i + 1))
                .Where(s => s.Recipient.Kind != first.Kind || !string.Equals(s.Recipient.Address, first.Address, StringComparison.Ordinal))
                .Select(s => new StepAddress(s.Number, s.Recipient.Address, s.Recipient.CountryIso))
        ];
        return own.Length > 0 ? own : null;
    }

    private static PlanStep[] Default(ApplicationSettings settings) =>
        [.. settings.Plan.Select((channel, i) => new PlanStep(channel, i == 0 ? 0 : settings.PlanWait))];
}
