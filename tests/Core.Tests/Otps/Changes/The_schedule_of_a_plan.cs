using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps.Changes;

public class The_schedule_of_a_plan
{
    [Theory]
    [InlineData(DeliveryStatus.Sent, true)]
    [InlineData(DeliveryStatus.Unknown, true)]
    [InlineData(DeliveryStatus.Delivered, true)]
    [InlineData(DeliveryStatus.Read, true)]
    [InlineData(DeliveryStatus.Failed, false)]
    [InlineData(DeliveryStatus.Suppressed, false)]
    public void Begins_a_wait_when_the_step_before_was_sent_or_may_have_been(DeliveryStatus status, bool waits)
    {
        var otp = Some.Locked(plan: "sms call:60", deliveries: DeliveryStatus.Sending);
        var changes = Changes();

        changes.Move(otp, otp.Deliveries[0], status, null);

        if (waits)
        {
            var step = changes.PendingSteps.ShouldHaveSingleItem().Value;
            (step.OtpId, step.ApplicationId, step.Step, step.DueAt)
                .ShouldBe((otp.Otp.Id, otp.Otp.ApplicationId, 2, Some.Now.AddSeconds(60)));
        }
        else
        {
            changes.PendingSteps.ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sms call:300")]
    public void Has_no_wait_without_a_further_step_or_where_it_would_end_after_the_OTP(string? plan)
    {
        var otp = Some.Locked(plan: plan, deliveries: DeliveryStatus.Sending);
        var changes = Changes();

        changes.Move(otp, otp.Deliveries[0], DeliveryStatus.Sent, null);

        changes.PendingSteps.ShouldBeEmpty();
        StepSchedule.Next(otp).ShouldBe(plan is null ? null : 2);
    }

    [Fact]
    public void Goes_on_from_the_current_step_alone()
    {
        var otp = Some.Locked(plan: "sms call:60 email:60", deliveries: [DeliveryStatus.Sending]);
        var changes = Changes();
        changes.QueueAttempt(otp, new(Core.Recipients.Channel.Call, "default", 2, 1, IsResend: false, Cost: 0), TimeSpan.Zero, TimeSpan.Zero);

        changes.Move(otp, otp.Deliveries[0], DeliveryStatus.Sent, null);
        changes.StartNextStep(otp, otp.Deliveries[0]).ShouldBeTrue();
        changes.PendingSteps.ShouldBeEmpty();

        changes.Move(otp, otp.Deliveries[1], DeliveryStatus.Sent, null);
        changes.PendingSteps.Values.ShouldHaveSingleItem().Step.ShouldBe(3);
    }

    [Fact]
    public void Starts_the_next_step_now_after_a_failure_even_where_it_waits_already()
    {
        var otp = Some.Locked(plan: "sms call:60", deliveries: [DeliveryStatus.Unknown, DeliveryStatus.Sending]);
        var changes = Changes();
        changes.Move(otp, otp.Deliveries[1], DeliveryStatus.Unknown, "timeout");

        changes.StartNextStep(otp, otp.Deliveries[1]).ShouldBeTrue();

        changes.PendingSteps.Values.ShouldHaveSingleItem().DueAt.ShouldBe(Some.Now);
    }

    [Fact]
    public void Starts_no_step_after_a_message_that_arrived()
    {
        var otp = Some.Locked(plan: "sms call:60", deliveries: [DeliveryStatus.Delivered, DeliveryStatus.Failed]);
        var changes = Changes();

        changes.StartNextStep(otp, otp.Deliveries[1]);

        changes.PendingSteps.ShouldBeEmpty();
    }

    [Fact]
    public void Ends_with_the_OTP()
    {
        var otp = Some.Locked(plan: "sms call:60", deliveries: DeliveryStatus.Sent);
        var single = Some.Locked(deliveries: DeliveryStatus.Sent);
        var changes = Changes();

        changes.Move(otp, otp.State with { Status = OtpStatus.Verified });
        changes.Move(single, single.State with { Status = OtpStatus.Verified });

        changes.EndedWaits.ShouldBe([otp.Otp.Id]);
    }

    private static OtpChanges Changes() => new(Some.Batch(), Some.Now, Some.Secrets);
}
