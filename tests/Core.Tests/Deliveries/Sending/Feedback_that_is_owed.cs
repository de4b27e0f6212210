using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Receipts.Recording;
using OtpPipeline.Core.Tests.Receipts.Recording;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Deliveries.Sending;

public sealed class Feedback_that_is_owed : IAsyncDisposable
{
    private static readonly FeedbackProviders Providers = new([new("a", true)]);
    private static readonly DateTime Lost = Some.Now.AddMinutes(1);
    private readonly StoreInMemory _store = new();
    private readonly DeliveryFeedback _feedback;

    public Feedback_that_is_owed() =>
        _feedback = new(_store, _store, Some.Secrets, Providers, Options.Create(new BatchingOptions()));

    public ValueTask DisposeAsync() => _feedback.DisposeAsync();

    [Theory]
    [InlineData(DeliveryStatus.Sending)]
    [InlineData(DeliveryStatus.Unknown)]
    [InlineData(DeliveryStatus.Delivered)]
    public async Task Begins_with_the_providers_answer_where_the_OTP_ended_before_it(DeliveryStatus status)
    {
        var otp = Otp(("a", status, null));
        await VerifyAsync(otp);
        Commands().ShouldBe(0);
        _store.Feedback.ShouldBeEmpty();

        await AnswerAsync(otp, new SendOutcome.Accepted("p-1"));

        Commands().ShouldBe(1);
        var owed = _store.Feedback.Values.ShouldHaveSingleItem();
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
        (Commands(), _store.Feedback.Count).ShouldBe((1, 1));
    }

    [Theory]
    [InlineData("a", null)]
    [InlineData("b", "p-1")]
    public async Task Does_not_begin_with_an_answer_without_an_id_or_of_another_provider(string provider, string? messageId)
    {
        var otp = Otp((provider, DeliveryStatus.Sending, null));
        await VerifyAsync(otp);

        await AnswerAsync(otp, new SendOutcome.Accepted(messageId));

        (Commands(), _store.Feedback.Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Does_not_begin_with_an_answer_while_the_OTP_lives_and_nothing_is_added_for_it()
    {
        var otp = Otp(("a", DeliveryStatus.Sending, null));

        await AnswerAsync(otp, new SendOutcome.Accepted("p-1"));

        (Commands(), _store.Feedback.Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Is_not_repeated_by_the_late_answer_of_another_message()
    {
        var otp = Otp(("a", DeliveryStatus.Sent, "p-1"), ("a", DeliveryStatus.Sending, null));
        await VerifyAsync(otp);
        await _feedback.EndAsync(otp.Otp.Id, CancellationToken.None);

        await AnswerAsync(otp, new SendOutcome.Accepted("p-2"), 1);

        (Commands(), _store.Feedback.Count).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Is_published_again_a_minute_later_when_its_command_seems_lost_and_then_less_and_less_often()
    {
        var otp = await OwedAsync();
        _store.Now = Lost.AddTicks(-1);
        await _feedback.RepublishAsync(10, CancellationToken.None);
        Commands().ShouldBe(1);
        _store.Now = Lost;

        await _feedback.RepublishAsync(10, CancellationToken.None);

        Commands().ShouldBe(2);
        Row(otp).ShouldBe((1, 1, Lost.AddMinutes(2)));
        _store.Now = Lost.AddMinutes(2);
        await _feedback.RepublishAsync(10, CancellationToken.None);
        Row(otp).ShouldBe((1, 2, _store.Now.AddMinutes(4)));
    }

    [Fact]
    public async Task Is_not_published_again_while_its_command_waits_in_the_outbox()
    {
        var otp = await OwedAsync();
        _store.Unpublished.Add(otp.Otp.Id);
        _store.Now = Lost;

        await _feedback.RepublishAsync(10, CancellationToken.None);

        Commands().ShouldBe(1);
        Row(otp).ShouldBe((1, 0, Lost.AddMinutes(1)));
    }

    [Fact]
    public async Task Is_published_again_only_after_the_pause_of_a_failed_attempt()
    {
        var otp = await OwedAsync();

        await _feedback.PostponeAsync(otp.Otp.Id, attempt: 2, TimeSpan.FromMinutes(10), "00-1-2-00", CancellationToken.None);

        var command = _store.Messages.Last(m => m.MessageType == "feedback");
        (command.DueAfter, command.TraceParent, command.CorrelationId).ShouldBe((TimeSpan.FromMinutes(10), "00-1-2-00", otp.Otp.Id));
        Row(otp).ShouldBe((2, 0, Lost.AddMinutes(10)));
        _store.Now = Some.Now.AddMinutes(10).AddTicks(-1);
        (await FindAsync(otp)).ShouldBeNull("a duplicate came during the pause");
        _store.Now = Some.Now.AddMinutes(10);
        (await FindAsync(otp)).ShouldNotBeNull().Attempt.ShouldBe(2);
    }

    [Fact]
    public async Task Is_given_at_once_when_its_command_was_published_again()
    {
        var otp = await OwedAsync();
        _store.Now = Lost;

        await _feedback.RepublishAsync(10, CancellationToken.None);

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
        _store.Now = Lost;

        if (bySearch)
        {
            await _feedback.RepublishAsync(10, CancellationToken.None);
        }
        else
        {
            (await FindAsync(otp)).ShouldBeNull();
        }

        (Commands(), _store.Feedback.Count).ShouldBe((1, 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Is_not_postponed_by_a_duplicate_of_a_command_that_succeeded_or_failed_before(bool succeeded)
    {
        var otp = await OwedAsync();
        await (succeeded
            ? _feedback.EndAsync(otp.Otp.Id, CancellationToken.None)
            : (Task)PostponeAsync(otp, TimeSpan.FromMinutes(10)));
        var commands = Commands();

        await PostponeAsync(otp, TimeSpan.FromMinutes(1));

        (Commands(), _store.Feedback.Count).ShouldBe((commands, succeeded ? 0 : 1));
        _store.Feedback.Values.ShouldAllBe(f => f.DueAt == Lost.AddMinutes(10));
    }

    [Fact]
    public async Task Stays_owed_where_it_is_due_again_before_its_OTP_is_locked()
    {
        var otp = await OwedAsync();
        otp.Deliveries[0].Status = DeliveryStatus.Undelivered;
        _store.BeforeTransaction = () => otp.Deliveries[0].Status = DeliveryStatus.Delivered;

        (await FindAsync(otp)).ShouldBeNull();

        (await FindAsync(otp)).ShouldNotBeNull().Attempt.ShouldBe(1);
    }

    [Fact]
    public async Task Is_given_once_and_again_only_to_an_operator()
    {
        var otp = await OwedAsync();
        (await FindAsync(otp)).ShouldNotBeNull().Attempt.ShouldBe(1);

        await _feedback.EndAsync(otp.Otp.Id, CancellationToken.None);

        (await FindAsync(otp)).ShouldBeNull();
        var replayed = (await FindAsync(otp, isReplay: true)).ShouldNotBeNull();
        (replayed.Message.MessageId, replayed.Attempt).ShouldBe(("p-1", null));
    }

    private async Task<LockedOtp> OwedAsync()
    {
        var otp = Otp(("a", DeliveryStatus.Sent, "p-1"));
        await VerifyAsync(otp);
        return otp;
    }

    private LockedOtp Otp(params (string Provider, DeliveryStatus Status, string? MessageId)[] deliveries)
    {
        var otp = _store.Add(Some.Locked());
        foreach (var ((provider, status, messageId), i) in deliveries.Select((d, i) => (d, i)))
        {
            var delivery = Some.Delivery(otp.Otp.Id, status, i + 1, provider);
            delivery.ProviderMessageId = messageId;
            delivery.LeaseId ??= Guid.CreateVersion7();
            otp.Deliveries.Add(delivery);
        }

        return otp;
    }

    private async Task VerifyAsync(LockedOtp otp)
    {
        await using var verification = new OtpVerification(
            _store, _store, Some.Secrets, Providers, Options.Create(Some.OtpOptions("k1")), Options.Create(new BatchingOptions()));
        await verification.VerifyAsync(new(Some.Application(), otp.Otp.Id, new("123456")), CancellationToken.None);
        otp.Otp.Status.ShouldBe(OtpStatus.Verified);
    }

    private async Task AnswerAsync(LockedOtp otp, SendOutcome outcome, int delivery = 0)
    {
        var options = Options.Create(new DeliveryOptions());
        await using var outcomes = new DeliveryOutcomes(
            _store, _store, Some.Secrets, Providers, new(Some.Routes(), options), Some.Budgets(), new(options),
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
            new ReceiptsInMemory(_store), _store, _store, Some.Secrets, Providers, metrics,
            new(metrics, TimeProvider.System, NullLogger<DroppedReceipts>.Instance), Options.Create(new BatchingOptions()));
        await recording.RecordAsync(
            new("a", new(ReceiptStatus.Delivered, ProviderMessageId: messageId)) { Token = new ReceiptToken(otp.Otp.Id, 1, 1) },
            CancellationToken.None);
    }

    private Task<OwedFeedback?> FindAsync(LockedOtp otp, bool isReplay = false) =>
        _feedback.FindAsync(new(otp.Otp.Id, otp.Otp.ApplicationId), isReplay, CancellationToken.None);

    private Task<int> PostponeAsync(LockedOtp otp, TimeSpan pause) =>
        _feedback.PostponeAsync(otp.Otp.Id, attempt: 2, pause, traceParent: null, CancellationToken.None);

    private int Commands() => _store.Messages.Count(m => m.MessageType == "feedback");

    private (int Attempt, int Republished, DateTime DueAt) Row(LockedOtp otp) =>
        (_store.Feedback[otp.Otp.Id].Attempt, _store.Feedback[otp.Otp.Id].Republished, _store.Feedback[otp.Otp.Id].DueAt);
}
