using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Plans;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps.Plans;

public class The_text_of_a_plan
{
    [Fact]
    public void Is_read_as_it_was_written()
    {
        PlanStep[] steps = [new(Channel.Sms, 0), new(Channel.Call, 60), new(Channel.Sms, 900)];

        var text = OtpPlan.Text(steps);

        text.ShouldBe("sms call:60 sms:900");
        OtpPlan.From(Some.Locked(plan: text).Otp).ShouldBe(steps);
    }

    [Fact]
    public void Is_missing_for_one_step_which_is_the_channel_of_the_OTP()
    {
        OtpPlan.Text([new(Channel.Email, 0)]).ShouldBeNull();

        OtpPlan.From(Some.Locked().Otp).ShouldBe([new(Channel.Sms, 0)]);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Has_no_step_beyond_its_ends(int step, bool exists) =>
        OtpPlan.Find(Some.Locked(plan: "sms call:60").Otp, step).HasValue.ShouldBe(exists);

    [Fact]
    public void Of_six_steps_fits_into_its_column()
    {
        var longest = Channels.All.MaxBy(c => c.Text().Length);

        OtpPlan.Text([.. Enumerable.Repeat(new PlanStep(longest, 900), 6)])!.Length.ShouldBeLessThanOrEqualTo(100);
    }
}
