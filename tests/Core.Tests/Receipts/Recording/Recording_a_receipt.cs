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
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Receipts.Recording;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Receipts.Recording;

public class Recording_a_receipt
{
    private static readonly ReceiptMetrics Metrics =
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    private readonly StoreInMemory _store = new();
    private readonly ReceiptsInMemory _receipts;

    public Recording_a_receipt() => _receipts = new(_store);

    [Fact]
    public async Task Delivered_then_read_are_two_changes_with_their_times()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sent]));
        _store.Now = Some.Now.AddSeconds(9);

        (await RecordAsync(otp, new(ReceiptStatus.Delivered, OccurredAt: Some.Now.AddSeconds(4)))).ShouldBe(ReceiptResult.Matched);
        (await RecordAsync(otp, new(ReceiptStatus.Read, OccurredAt: Some.Now.AddSeconds(6)))).ShouldBe(ReceiptResult.Matched);

        var delivery = otp.Deliveries[0];
        (delivery.Status, delivery.DeliveredAt, delivery.ReadAt)
            .ShouldBe((DeliveryStatus.Read, Some.Now.AddSeconds(4), Some.Now.AddSeconds(6)));
        _store.Saved.SelectMany(s => s.Changes).Select(c => (c.Sequence, c.Status)).ShouldBe([(2, "DELIVERED"), (3, "READ")]);
        var event_ = Some.Json(_store.Messages[^1]);
        (event_.GetProperty("status").GetString(), event_.GetProperty("previous").GetInt64()).ShouldBe(("READ", 2));
        event_.GetProperty("deliveredAt").GetDateTime().ShouldBe(Some.Now.AddSeconds(4));
        event_.GetProperty("readAt").GetDateTime().ShouldBe(Some.Now.AddSeconds(6));
    }

    [Theory]
    [InlineData(-3600, 0)]
    [InlineData(3600, 9)]
    [InlineData(null, 9)]
    public async Task The_providers_time_is_believed_between_the_delivery_and_now(int? occurred, int expected)
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sent]));
        var made = Some.Delivery(otp.Otp.Id, DeliveryStatus.Sent);
        otp.Deliveries[0] = new Delivery
        {
            Id = made.Id, OtpId = made.OtpId, Channel = made.Channel, Route = made.Route, Provider = made.Provider, Step = 1, Attempt = 1,
            Status = DeliveryStatus.Sent, CreatedAt = Some.Now,
        };
        _store.Now = Some.Now.AddSeconds(9);

        await RecordAsync(otp, new(ReceiptStatus.Delivered, OccurredAt: occurred is { } s ? Some.Now.AddSeconds(s) : null));

        otp.Deliveries[0].DeliveredAt.ShouldBe(Some.Now.AddSeconds(expected));
    }

    [Fact]
    public async Task Repeated_it_locks_nothing_and_commits_nothing()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sent]));
        await RecordAsync(otp, new(ReceiptStatus.Delivered));

        (await RecordAsync(otp, new(ReceiptStatus.Delivered))).ShouldBe(ReceiptResult.Repeated);
        (await RecordAsync(otp, new(ReceiptStatus.Undelivered))).ShouldBe(ReceiptResult.Repeated);
        (await RecordAsync(otp, new(ReceiptStatus.Sent))).ShouldBe(ReceiptResult.Repeated);

        _store.Saved.Count.ShouldBe(1);
        otp.Otp.Sequence.ShouldBe(2);
    }

    [Fact]
    public async Task Before_the_outcome_it_counts_and_the_outcome_only_adds_the_message_id()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sending]));

        await RecordAsync(otp, new(ReceiptStatus.Delivered));
        otp.Deliveries[0].SentAt.ShouldBe(Some.Now);
        (await OutcomeAsync(otp, new SendOutcome.Accepted("p-1"))).ShouldBeTrue();

        (otp.Deliveries[0].Status, otp.Deliveries[0].ProviderMessageId, otp.Otp.Sequence).ShouldBe((DeliveryStatus.Delivered, "p-1", 2));
        _store.Saved.SelectMany(s => s.Changes).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(ReceiptStatus.Delivered)]
    [InlineData(ReceiptStatus.Undelivered)]
    public async Task Before_an_outcome_that_would_send_again_it_keeps_it_from_that(ReceiptStatus status)
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sending]));
        await RecordAsync(otp, new(status));

        (await OutcomeAsync(otp, new SendOutcome.Unknown("timeout"))).ShouldBeTrue();

        otp.Deliveries.Count.ShouldBe(1);
        (otp.Otp.Sequence, otp.Otp.Status).ShouldBe((2, OtpStatus.Pending));
    }

    [Theory]
    [InlineData(DeliveryStatus.Unknown)]
    [InlineData(DeliveryStatus.Failed)]
    public async Task Delivered_of_what_seemed_lost_suppresses_its_repetitions(DeliveryStatus before)
    {
        var otp = _store.Add(Some.Locked(deliveries: [before, DeliveryStatus.Queued]));

        await RecordAsync(otp, new(ReceiptStatus.Delivered));

        otp.Deliveries.Select(d => (d.Status, d.Reason))
            .ShouldBe([(DeliveryStatus.Delivered, null), (DeliveryStatus.Suppressed, "sent_after_all")]);
    }

    [Fact]
    public async Task Undelivered_of_what_seemed_lost_leaves_its_repetition()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Unknown, DeliveryStatus.Queued]));

        await RecordAsync(otp, new(ReceiptStatus.Undelivered, "absent"));

        otp.Deliveries.Select(d => (d.Status, d.Reason))
            .ShouldBe([(DeliveryStatus.Undelivered, "absent"), (DeliveryStatus.Queued, null)]);
    }

    [Fact]
    public async Task Undelivered_leaves_the_OTP_to_be_verified_or_to_expire()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sent]));

        await RecordAsync(otp, new(ReceiptStatus.Undelivered));

        (otp.Deliveries[0].Status, otp.Deliveries[0].Reason, otp.Otp.Status)
            .ShouldBe((DeliveryStatus.Undelivered, "undelivered", OtpStatus.Pending));
        otp.State.At(otp.Otp.ExpiresAt).Reason.ShouldBe(OtpReason.NotVerified);
    }

    [Fact]
    public async Task Undelivered_before_the_refusal_of_a_later_attempt_does_not_end_the_OTP()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Undelivered, DeliveryStatus.Sending]));

        await OutcomeAsync(otp, new SendOutcome.Refused("refused"), delivery: 1);

        otp.Otp.Status.ShouldBe(OtpStatus.Pending);
    }

    [Theory]
    [InlineData(OtpStatus.Verified)]
    [InlineData(OtpStatus.Cancelled)]
    public async Task After_the_end_of_the_OTP_it_still_changes_the_delivery(OtpStatus status)
    {
        var otp = _store.Add(Some.Locked(status, callbackEvents: Core.Applications.CallbackEvents.All, deliveries: [DeliveryStatus.Sent]));

        await RecordAsync(otp, new(ReceiptStatus.Delivered));

        (otp.Otp.Status, otp.Otp.Sequence, otp.Deliveries[0].Status).ShouldBe((status, 2, DeliveryStatus.Delivered));
        _store.Saved.SelectMany(s => s.Callbacks).ShouldHaveSingleItem().Sequence.ShouldBe(2);
        _store.Messages.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Of_another_provider_it_names_nothing_of_this_one()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sent]));
        otp.Deliveries[0].ProviderMessageId = "p-1";
        await using var recording = Recording();
        var token = new ReceiptToken(otp.Otp.Id, 1, 1);

        (await recording.RecordAsync(new("other", new(ReceiptStatus.Delivered)) { Token = token }, CancellationToken.None))
            .ShouldBe(ReceiptResult.Unknown);
        (await recording.RecordAsync(new("other", new(ReceiptStatus.Delivered, null, "p-1")), CancellationToken.None))
            .ShouldBe(ReceiptResult.Kept);
        (await recording.RecordAsync(new("sandbox", new(ReceiptStatus.Delivered)), CancellationToken.None)).ShouldBe(ReceiptResult.Unknown);

        otp.Otp.Sequence.ShouldBe(1);
    }

    [Fact]
    public async Task Without_a_match_it_is_kept_and_the_outcome_applies_it()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sending]));
        await using var recording = Recording();
        (await recording.RecordAsync(new("sandbox", new(ReceiptStatus.Undelivered, "absent", "p-1")), CancellationToken.None))
            .ShouldBe(ReceiptResult.Kept);

        await OutcomeAsync(otp, new SendOutcome.Accepted("p-1"));

        (otp.Deliveries[0].Status, otp.Deliveries[0].Reason).ShouldBe((DeliveryStatus.Undelivered, "absent"));
        _store.Saved.SelectMany(s => s.Changes).Select(c => c.Status).ShouldBe(["SENT", "UNDELIVERED"]);
        _store.Saved[^1].MatchedReceipts.ShouldHaveSingleItem().ProviderMessageId.ShouldBe("p-1");
    }

    [Fact]
    public async Task Kept_while_the_outcome_commits_it_finds_its_delivery_all_the_same()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sent]));
        _receipts.BeforeKeeping = () => otp.Deliveries[0].ProviderMessageId = "p-1";
        await using var recording = Recording();

        (await recording.RecordAsync(new("sandbox", new(ReceiptStatus.Delivered, null, "p-1")), CancellationToken.None))
            .ShouldBe(ReceiptResult.Matched);

        otp.Deliveries[0].Status.ShouldBe(DeliveryStatus.Delivered);
        _store.Kept.ShouldBeEmpty();
    }

    private ReceiptRecording Recording() => new(
        _receipts, _store, _store, Some.Secrets, FeedbackProviders.None, Some.Consequences(), Metrics,
        new(Metrics, TimeProvider.System, NullLogger<DroppedReceipts>.Instance), Options.Create(new BatchingOptions()));

    private async Task<ReceiptResult> RecordAsync(LockedOtp otp, Receipt receipt)
    {
        await using var recording = Recording();
        return await recording.RecordAsync(
            new("sandbox", receipt) { Token = new ReceiptToken(otp.Otp.Id, 1, 1) }, CancellationToken.None);
    }

    private async Task<bool> OutcomeAsync(LockedOtp otp, SendOutcome outcome, int delivery = 0)
    {
        await using var outcomes = new DeliveryOutcomes(
            _store, _store, Some.Secrets, FeedbackProviders.None, Some.Consequences(), Some.Budgets(),
            new(Options.Create(new DeliveryOptions())), Options.Create(new BatchingOptions()));
        var row = otp.Deliveries[delivery];
        return await outcomes.RecordAsync(
            new(otp.Otp.Id, otp.Otp.ApplicationId, row.Id, row.LeaseId!.Value, outcome) { ReceiptsFrom = "sandbox" }, CancellationToken.None);
    }
}
