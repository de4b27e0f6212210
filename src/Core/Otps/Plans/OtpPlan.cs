using System.Globalization;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps.Plans;

/// <summary>The steps of a delivery plan, and their text in the row of an OTP: "sms call:60 email:120".</summary>
public static class OtpPlan
{
    /// <summary>Null for a plan of one step, which is the channel of the OTP.</summary>
    public static string? Text(IReadOnlyList<PlanStep> steps) => steps.Count <= 1 ? null : string.Join(
        ' ', steps.Select(
            s => s.WaitSeconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"{s.Channel.Text()}:{s.WaitSeconds}") : s.Channel.Text()));

    /// <exception cref="FormatException">The row was not written by this class.</exception>
    public static IReadOnlyList<PlanStep> From(Otp otp) => otp.Plan is not { } text ? [new(otp.Channel, 0)] : [.. text.Split(' ').Select(Read)];

    /// <summary>The step of this number; null when the plan has no such step.</summary>
    public static PlanStep? Find(Otp otp, int step) => From(otp) is var steps && step >= 1 && step <= steps.Count ? steps[step - 1] : null;

    /// <summary>Whether a step follows the one of this number.</summary>
    public static bool HasStepAfter(string plan, int step) => step < plan.Split(' ').Length;

    private static PlanStep Read(string step)
    {
        var parts = step.Split(':');
        return new(EnumText<Channel>.Parse(parts[0]), parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
    }
}
