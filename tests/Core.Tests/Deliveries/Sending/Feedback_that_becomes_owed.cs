using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Receipts.Recording;
using OtpPipeline.Core.Tests.Receipts.Recording;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Deliveries.Sending;

public sealed class Feedback_that_becomes_owed : OwedFeedbackTest
{
    [Theory]
    [InlineData(DeliveryStatus.Sending)]
    [InlineData(DeliveryStatus.Unknown)]
    [InlineData(DeliveryStatus.Delivered)]
    public async Task Begins_with_the_providers_answer_where_the_OTP_ended_before_it(DeliveryStatus status)
    {
        var otp = Otp(("a", status, null));
        await VerifyAsync(otp);
        Commands().ShouldBe(0);
        Store.Feedback.ShouldBeEmpty();

        await AnswerAsync(otp, new SendOutcome.Accepted("p-1"));

        Commands().ShouldBe(1);
        var owed = Store.Feedback.Values.ShouldHaveSingleItem();
        (owed.OtpId, owed.Attempt, owed.DueAt).ShouldBe((otp.Otp.Id, 1, Lost));
        (await FindAsync(otp)).ShouldNotBeNull().Message.MessageId.ShouldBe("p-1");
    }

    [Fact]
    public async Task Begins_with_a_receipt_that_brings_the_message_id_before_the_answer_and_only_then()
    {
        var otp = Otp(("a", DeliveryStatus.Sending, null));
        await VerifyAsync(otp);

        await ReceiveAsync(otp, "p-1");
        await AnswerAsync(otp, new SendOutcome.Accepted("p-1"));

        otp.Deliveries[0].Status.ShouldBe(DeliveryStatus.Delivered);
        (Commands(), Store.Feedback.Count).ShouldBe((1, 1));
    }

    [Theory]
    [InlineData("a", null)]
    [InlineData("b", "p-1")]
    public async Task Does_not_begin_with_an_answer_without_an_id_or_of_another_provider(string provider, string? messageId)
    {
        var otp = Otp((provider, DeliveryStatus.Sending, null));
        await VerifyAsync(otp);

        await AnswerAsync(otp, new SendOutcome.Accepted(messageId));

        (Commands(), Store.Feedback.Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Does_not_begin_with_an_answer_while_the_OTP_lives_and_nothing_is_added_for_it()
    {
        var otp = Otp(("a", DeliveryStatus.Sending, null));

        await AnswerAsync(otp, new SendOutcome.Accepted("p-1"));

        (Commands(), Store.Feedback.Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Is_not_repeated_by_the_late_answer_of_another_message()
    {
        var otp = Otp(("a", DeliveryStatus.Sent, "p-1"), ("a", DeliveryStatus.Sending, null));
        await VerifyAsync(otp);
        await Feedback.EndAsync(otp.Otp.Id, CancellationToken.None);

        await AnswerAsync(otp, new SendOutcome.Accepted("p-2"), 1);

        (Commands(), Store.Feedback.Count).ShouldBe((1, 0));
    }

    private async Task AnswerAsync(LockedOtp otp, SendOutcome outcome, int delivery = 0)
    {
        var options = Options.Create(new DeliveryOptions());
        await using var outcomes = new DeliveryOutcomes(
            Store, Store, Some.Secrets, Providers, Some.Consequences(), Some.Budgets(), new(options),
            Options.Create(new BatchingOptions()));
        var row = otp.Deliveries[delivery];
        (await outcomes.RecordAsync(
            new(otp.Otp.Id, otp.Otp.ApplicationId, row.Id, row.LeaseId!.Value, outcome), CancellationToken.None)).ShouldBeTrue();
    }

    private async Task ReceiveAsync(LockedOtp otp, string messageId)
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new ReceiptMetrics(services.GetRequiredService<IMeterFactory>());
        await using var recording = new ReceiptRecording(
            new ReceiptsInMemory(Store), Store, Store, Some.Secrets, Providers, Some.Consequences(), metrics,
            new(metrics, TimeProvider.System, NullLogger<DroppedReceipts>.Instance), Options.Create(new BatchingOptions()));
        await recording.RecordAsync(
            new("a", new(ReceiptStatus.Delivered, ProviderMessageId: messageId)) { Token = new ReceiptToken(otp.Otp.Id, 1, 1) },
            CancellationToken.None);
    }
}
