using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Tests.Support;
using OtpPipeline.Outbox;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps.Changes;

public class Changes_of_an_OTP
{
    private readonly OutboxBatch _batch = Some.Batch();
    private readonly OtpChanges _changes;

    public Changes_of_an_OTP() => _changes = new(_batch, Some.Now.AddSeconds(7), Some.Secrets);

    [Fact]
    public void Raise_the_sequence_by_one_each_and_announce_each_once()
    {
        var otp = Some.Locked(deliveries: [DeliveryStatus.Sending, DeliveryStatus.Sending]);

        _changes.Move(otp, otp.Deliveries[0], DeliveryStatus.Sent, null);
        _changes.Move(otp, otp.Deliveries[1], DeliveryStatus.Unknown, "timeout");
        _changes.Move(otp, OtpRules.Cancel(otp.State, _changes.Now).State);

        otp.Otp.Sequence.ShouldBe(4);
        _batch.Messages.Select(m => Some.Json(m).GetProperty("sequence").GetInt64()).ShouldBe([2, 3, 4]);
        _batch.Messages.Select(m => Some.Json(m).GetProperty("status").GetString()).ShouldBe(["SENT", "UNKNOWN", "CANCELLED"]);
        _changes.UpdatedDeliveries.ShouldBe(otp.Deliveries, ignoreOrder: true);
    }

    [Fact]
    public void Suppress_what_is_queued_together_with_the_final_status()
    {
        var otp = Some.Locked(deliveries: [DeliveryStatus.Failed, DeliveryStatus.Sent, DeliveryStatus.Queued]);

        _changes.Move(otp, OtpRules.Verify(otp.State, new(true, false), _changes.Now).State);

        otp.Deliveries.Select(d => d.Status).ShouldBe([DeliveryStatus.Failed, DeliveryStatus.Sent, DeliveryStatus.Suppressed]);
        otp.Deliveries[2].Reason.ShouldBe("verified");
        _batch.Messages.Select(m => m.MessageType).ShouldBe(["delivery", "status"]);
        _batch.Messages.Select(m => Some.Json(m).GetProperty("sequence").GetInt64()).ShouldBe([2, 3]);
        _changes.Finals.ShouldBe([otp.Otp.Id]);
        otp.Otp.FinalAt.ShouldBe(_changes.Now);
    }

    [Fact]
    public void Give_back_what_the_suppressed_delivery_reserved()
    {
        var otp = Some.Locked(deliveries: [DeliveryStatus.Sent, DeliveryStatus.Queued, DeliveryStatus.Queued]);
        otp.Deliveries.ForEach(d => d.Cost = 0.1m * d.Attempt);

        _changes.Move(otp, OtpRules.Verify(otp.State, new(true, false), _changes.Now).State);

        otp.Deliveries.Select(d => d.Cost).ShouldBe([0.1m, 0, 0]);
        _changes.Refunds.ShouldBe(new Dictionary<Guid, decimal> { [otp.Otp.ApplicationId] = 0.5m });
    }

    [Fact]
    public void Give_it_back_to_the_locked_spending_where_there_is_one()
    {
        var otp = Some.Locked(deliveries: [DeliveryStatus.Queued]);
        otp.Deliveries[0].Cost = 0.1m;
        var spending = new ApplicationSpending { ApplicationId = otp.Otp.ApplicationId, Day = new(2026, 11, 20), Spent = 1 };
        var changes = new OtpChanges(_batch, Some.Now, Some.Secrets)
        {
            Budgets = new Dictionary<Guid, (ApplicationSpending, decimal)> { [otp.Otp.ApplicationId] = (spending, 2) },
        };

        changes.Move(otp, OtpRules.Cancel(otp.State, Some.Now).State);

        (spending.Spent, changes.Refunds.Count).ShouldBe((0.9m, 0));
        changes.Spendings.ShouldBe([spending]);
    }

    [Fact]
    public void Write_a_row_each_with_what_the_event_says()
    {
        var otp = Some.Locked(deliveries: [DeliveryStatus.Sending, DeliveryStatus.Queued]);

        _changes.Move(otp, otp.Deliveries[0], DeliveryStatus.Failed, "refused");
        _changes.Move(otp, OtpRules.Cancel(otp.State, _changes.Now).State);

        _changes.Changes.Select(c => (c.OtpId, c.Sequence, c.Kind, c.DeliveryId, c.Status, c.Reason, c.OccurredAt)).ShouldBe(
        [
            (otp.Otp.Id, 2, OtpChangeKind.Delivery, otp.Deliveries[0].Id, "FAILED", "refused", _changes.Now),
            (otp.Otp.Id, 3, OtpChangeKind.Delivery, otp.Deliveries[1].Id, "SUPPRESSED", "cancelled", _changes.Now),
            (otp.Otp.Id, 4, OtpChangeKind.Status, null, "CANCELLED", null, _changes.Now),
        ]);
        _batch.Messages.Select(m => Some.Json(m).GetProperty("status").GetString()).ShouldBe(_changes.Changes.Select(c => c.Status));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(null, "customer 7")]
    [InlineData("""{"order":"7"}""", null)]
    [InlineData("""{}""", "customer 7")]
    [InlineData("""{"order":"7"}""", "customer 7")]
    public void Say_what_the_client_attached(string? metadata, string? externalId)
    {
        var otp = Some.Locked(metadata: metadata, externalId: externalId, deliveries: [DeliveryStatus.Sending]);

        _changes.Move(otp, otp.Deliveries[0], DeliveryStatus.Sent, null);
        _changes.Move(otp, OtpRules.Cancel(otp.State, _changes.Now).State);

        _batch.Messages.Count.ShouldBe(2);
        foreach (var body in _batch.Messages.Select(Some.Json))
        {
            body.GetProperty("metadata").GetRawText().ShouldBe(metadata ?? "null");
            body.GetProperty("externalId").GetString().ShouldBe(externalId);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Say_whether_the_OTP_is_one_of_a_test_key(bool isTest)
    {
        var otp = Some.Locked(isTest: isTest, deliveries: [DeliveryStatus.Sending]);

        _changes.Move(otp, otp.Deliveries[0], DeliveryStatus.Sent, null);
        _changes.Move(otp, OtpRules.Cancel(otp.State, _changes.Now).State);

        _batch.Messages.Select(m => Some.Json(m).GetProperty("test").GetBoolean()).ShouldBe([isTest, isTest]);
    }

    [Fact]
    public void Name_the_change_before_them_on_the_same_exchange()
    {
        var otp = Some.Locked(deliveries: [DeliveryStatus.Sending, DeliveryStatus.Sending]);

        _changes.Move(otp, otp.Deliveries[0], DeliveryStatus.Sent, null);
        _changes.Move(otp, OtpRules.Cancel(otp.State, _changes.Now).State);
        _changes.Move(otp, otp.Deliveries[1], DeliveryStatus.Unknown, "timeout");
        _changes.Move(otp, otp.Deliveries[1], DeliveryStatus.Sent, null);

        _batch.Messages.Select(
            m => (m.MessageType, Some.Json(m).GetProperty("sequence").GetInt64(), Some.Json(m).GetProperty("previous").GetInt64()))
            .ShouldBe([("delivery", 2, 0), ("status", 3, 0), ("delivery", 4, 2), ("delivery", 5, 4)]);
    }

    [Theory]
    [InlineData(null, new long[0], new long[0])]
    [InlineData(CallbackEvents.Status, new long[] { 4 }, new long[] { 0 })]
    [InlineData(CallbackEvents.All, new long[] { 2, 3, 4 }, new long[] { 0, 2, 3 })]
    public void Owe_the_callbacks_that_the_OTP_was_accepted_with(CallbackEvents? events, long[] sequences, long[] previous)
    {
        var otp = Some.Locked(callbackEvents: events, deliveries: [DeliveryStatus.Sending, DeliveryStatus.Sending]);

        _changes.Move(otp, otp.Deliveries[0], DeliveryStatus.Sent, null);
        _changes.Move(otp, otp.Deliveries[1], DeliveryStatus.Sent, null);
        _changes.Move(otp, OtpRules.Cancel(otp.State, _changes.Now).State);

        _changes.Callbacks.Select(c => c.Sequence).ShouldBe(sequences);
        _changes.Callbacks.Select(c => c.Previous).ShouldBe(previous);
        _changes.Callbacks.ShouldAllBe(
            c => c.Content == null && c.OtpId == otp.Otp.Id && c.ApplicationId == otp.Otp.ApplicationId
                && c.Status == CallbackStatus.Pending);
        _batch.Messages.Where(m => m.Headers == """{"otp-callback":"true"}""").Select(m => Some.Json(m).GetProperty("sequence").GetInt64())
            .ShouldBe(sequences);
    }

    [Theory]
    [InlineData(null, null, new[] { "delivery", "delivery", "status" })]
    [InlineData(PublishedEvents.All, null, new[] { "delivery", "delivery", "status" })]
    [InlineData(PublishedEvents.Status, null, new[] { "status" })]
    [InlineData(PublishedEvents.None, null, new string[0])]
    [InlineData(PublishedEvents.Status, CallbackEvents.Status, new[] { "status" })]
    [InlineData(PublishedEvents.Status, CallbackEvents.All, new[] { "callback", "status" })]
    [InlineData(PublishedEvents.None, CallbackEvents.Status, new[] { "callback" })]
    [InlineData(PublishedEvents.None, CallbackEvents.All, new[] { "callback" })]
    public void Are_announced_as_the_OTP_was_accepted_with_and_its_callbacks_always(
        PublishedEvents? events, CallbackEvents? callbackEvents, string[] announced)
    {
        var otp = Some.Locked(
            events: events, callbackEvents: callbackEvents, deliveries: [DeliveryStatus.Sending, DeliveryStatus.Sending]);

        _changes.Move(otp, otp.Deliveries[0], DeliveryStatus.Sent, null);
        _changes.Move(otp, otp.Deliveries[1], DeliveryStatus.Sent, null);
        _changes.Move(otp, OtpRules.Cancel(otp.State, _changes.Now).State);

        _batch.Messages.Select(m => m.MessageType).ShouldBe(announced);
        _batch.Messages.ShouldAllBe(m => Some.Json(m).GetProperty("otpId").GetGuid() == otp.Otp.Id);
        _changes.Changes.Select(c => c.Sequence).ShouldBe([2, 3, 4]);
        _changes.Callbacks.Count.ShouldBe(callbackEvents switch { null => 0, CallbackEvents.Status => 1, _ => 3 });
    }

    [Fact]
    public void Carry_the_metadata_the_reason_the_time_and_the_trace()
    {
        var otp = Some.Locked(metadata: """{"order":"7","tour":" ü "}""", deliveries: [DeliveryStatus.Sending]);
        _changes.TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        _changes.Move(otp, otp.Deliveries[0], DeliveryStatus.Failed, "refused");
        _changes.Move(otp, OtpRules.Undeliverable(otp.State, _changes.Now));

        foreach (var message in _batch.Messages)
        {
            var body = Some.Json(message);
            body.GetProperty("metadata").GetProperty("order").GetString().ShouldBe("7");
            body.GetProperty("metadata").GetProperty("tour").GetString().ShouldBe(" ü ");
            body.GetProperty("occurredAt").GetDateTime().ShouldBe(_changes.Now);
            message.TraceParent.ShouldBe(_changes.TraceParent);
            message.RoutingKey.ShouldBe(otp.Otp.ApplicationId.ToString());
            message.CorrelationId.ShouldBe(otp.Otp.Id);
        }

        _batch.Messages.Select(m => Some.Json(m).GetProperty("reason").GetString()).ShouldBe(["refused", "undeliverable"]);
    }

    [Fact]
    public void Store_a_counted_guess_without_an_event()
    {
        var otp = Some.Locked();

        _changes.Move(otp, OtpRules.Verify(otp.State, new(false, false), _changes.Now).State);

        otp.Otp.Attempts.ShouldBe(1);
        otp.Otp.Sequence.ShouldBe(1);
        _changes.Otps.ShouldBe([otp.Otp]);
        _changes.Finals.ShouldBeEmpty();
        _batch.Messages.ShouldBeEmpty();
    }

    [Fact]
    public void Are_none_where_the_state_stays()
    {
        var otp = Some.Locked(OtpStatus.Verified);

        _changes.Move(otp, OtpRules.Cancel(otp.State, _changes.Now).State);

        _changes.IsEmpty.ShouldBeTrue();
        _batch.Messages.ShouldBeEmpty();
    }

    [Fact]
    public void Queue_a_further_attempt_that_waits_for_its_time_and_its_turn()
    {
        var otp = Some.Locked(deliveries: [DeliveryStatus.Failed]);

        _changes.Queue(otp, otp.Deliveries[0], new(Round: 2, Tried: "a,b", TimeSpan.FromSeconds(4)), 0.1m, TimeSpan.FromSeconds(15));

        var next = _changes.NewDeliveries.ShouldHaveSingleItem();
        otp.Deliveries[1].ShouldBeSameAs(next);
        (next.Attempt, next.Step, next.Status, next.Provider).ShouldBe((2, 1, DeliveryStatus.Queued, null));
        (next.Route, next.Round, next.Tried, next.Cost).ShouldBe(("default", 2, "a,b", 0.1m));
        next.DueAt.ShouldBe(_changes.Now.AddSeconds(4));
        (next.ApplicationId, next.WaitingSince).ShouldBe((otp.Otp.ApplicationId, _changes.Now));
        _batch.Messages.ShouldBeEmpty();
    }
}
