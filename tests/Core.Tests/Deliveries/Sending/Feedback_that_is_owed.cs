using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Deliveries.Sending;

public sealed class Feedback_that_is_owed : OwedFeedbackTest
{
    [Fact]
    public async Task Is_published_again_a_minute_later_when_its_command_seems_lost_and_then_less_and_less_often()
    {
        var otp = await OwedAsync();
        Store.Now = Lost.AddTicks(-1);
        await Feedback.RepublishAsync(10, CancellationToken.None);
        Commands().ShouldBe(1);
        Store.Now = Lost;

        await Feedback.RepublishAsync(10, CancellationToken.None);

        Commands().ShouldBe(2);
        Row(otp).ShouldBe((1, 1, Lost.AddMinutes(2)));
        Store.Now = Lost.AddMinutes(2);
        await Feedback.RepublishAsync(10, CancellationToken.None);
        Row(otp).ShouldBe((1, 2, Store.Now.AddMinutes(4)));
    }

    [Fact]
    public async Task Is_not_published_again_while_its_command_waits_in_the_outbox()
    {
        var otp = await OwedAsync();
        Store.Unpublished.Add(otp.Otp.Id);
        Store.Now = Lost;

        await Feedback.RepublishAsync(10, CancellationToken.None);

        Commands().ShouldBe(1);
        Row(otp).ShouldBe((1, 0, Lost.AddMinutes(1)));
    }

    [Fact]
    public async Task Is_published_again_only_after_the_pause_of_a_failed_attempt()
    {
        var otp = await OwedAsync();

        await Feedback.PostponeAsync(otp.Otp.Id, attempt: 2, TimeSpan.FromMinutes(10), "00-1-2-00", CancellationToken.None);

        var command = Store.Messages.Last(m => m.MessageType == "feedback");
        (command.DueAfter, command.TraceParent, command.CorrelationId).ShouldBe((TimeSpan.FromMinutes(10), "00-1-2-00", otp.Otp.Id));
        Row(otp).ShouldBe((2, 0, Lost.AddMinutes(10)));
        Store.Now = Some.Now.AddMinutes(10).AddTicks(-1);
        (await FindAsync(otp)).ShouldBeNull("a duplicate came during the pause");
        Store.Now = Some.Now.AddMinutes(10);
        (await FindAsync(otp)).ShouldNotBeNull().Attempt.ShouldBe(2);
    }

    [Fact]
    public async Task Is_given_at_once_when_its_command_was_published_again()
    {
        var otp = await OwedAsync();
        Store.Now = Lost;

        await Feedback.RepublishAsync(10, CancellationToken.None);

        Row(otp).DueAt.ShouldBe(Lost.AddMinutes(2));
        (await FindAsync(otp)).ShouldNotBeNull().Attempt.ShouldBe(1);
    }

    [Fact]
    public async Task Is_given_to_an_operator_for_one_attempt_outside_of_its_schedule()
    {
        var otp = await OwedAsync();
        await PostponeAsync(otp, TimeSpan.FromMinutes(10));

        (await FindAsync(otp, isReplay: true)).ShouldNotBeNull().Attempt.ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ends_when_it_is_due_no_more(bool bySearch)
    {
        var otp = await OwedAsync();
        otp.Deliveries[0].Status = DeliveryStatus.Undelivered;
        Store.Now = Lost;

        if (bySearch)
        {
            await Feedback.RepublishAsync(10, CancellationToken.None);
        }
        else
        {
            (await FindAsync(otp)).ShouldBeNull();
        }

        (Commands(), Store.Feedback.Count).ShouldBe((1, 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Is_not_postponed_by_a_duplicate_of_a_command_that_succeeded_or_failed_before(bool succeeded)
    {
        var otp = await OwedAsync();
        await (succeeded
            ? Feedback.EndAsync(otp.Otp.Id, CancellationToken.None)
            : (Task)PostponeAsync(otp, TimeSpan.FromMinutes(10)));
        var commands = Commands();

        await PostponeAsync(otp, TimeSpan.FromMinutes(1));

        (Commands(), Store.Feedback.Count).ShouldBe((commands, succeeded ? 0 : 1));
        Store.Feedback.Values.ShouldAllBe(f => f.DueAt == Lost.AddMinutes(10));
    }

    [Fact]
    public async Task Stays_owed_where_it_is_due_again_before_its_OTP_is_locked()
    {
        var otp = await OwedAsync();
        otp.Deliveries[0].Status = DeliveryStatus.Undelivered;
        Store.BeforeTransaction = () => otp.Deliveries[0].Status = DeliveryStatus.Delivered;

        (await FindAsync(otp)).ShouldBeNull();

        (await FindAsync(otp)).ShouldNotBeNull().Attempt.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stays_owed_where_a_host_does_not_know_its_provider(bool knowsOthers)
    {
        var otp = await OwedAsync();
        await using var other = With(knowsOthers ? new([new("b", true)]) : FeedbackProviders.None);

        (await other.FindAsync(new(otp.Otp.Id, otp.Otp.ApplicationId), isReplay: false, CancellationToken.None)).ShouldBeNull();

        (await FindAsync(otp)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Is_published_again_by_a_host_that_does_not_know_its_provider_and_ends_after_eight_hours()
    {
        var otp = await OwedAsync();
        await using var other = With(new([new("b", true)]));
        while (Store.Feedback.TryGetValue(otp.Otp.Id, out var owed))
        {
            Store.Now = owed.DueAt;
            await other.RepublishAsync(10, CancellationToken.None);
            Store.Now.ShouldBeLessThan(Some.Now.AddHours(9));
        }

        Store.Now.ShouldBeGreaterThan(Some.Now.AddHours(8));
        Commands().ShouldBe(9);
    }

    [Fact]
    public async Task Is_given_once_and_again_only_to_an_operator()
    {
        var otp = await OwedAsync();
        (await FindAsync(otp)).ShouldNotBeNull().Attempt.ShouldBe(1);

        await Feedback.EndAsync(otp.Otp.Id, CancellationToken.None);

        (await FindAsync(otp)).ShouldBeNull();
        var replayed = (await FindAsync(otp, isReplay: true)).ShouldNotBeNull();
        (replayed.Message.MessageId, replayed.Attempt).ShouldBe(("p-1", null));
    }
}
