using Microsoft.Extensions.Options;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Tests.Support;
using OtpPipeline.Outbox;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps.Changes;

public class Feedback_on_a_message
{
    private static readonly FeedbackProviders All = new([new("a", true), new("verified-only", false)]);
    private static readonly DateTime AfterTheEnd = Some.Now.AddSeconds(301);

    [Theory]
    [InlineData(DeliveryStatus.Sent, "id", true)]
    [InlineData(DeliveryStatus.Delivered, "id", true)]
    [InlineData(DeliveryStatus.Read, "id", true)]
    [InlineData(DeliveryStatus.Unknown, "id", true)]
    [InlineData(DeliveryStatus.Sent, null, false)]
    [InlineData(DeliveryStatus.Unknown, null, false)]
    [InlineData(DeliveryStatus.Undelivered, "id", false)]
    [InlineData(DeliveryStatus.Failed, "id", false)]
    [InlineData(DeliveryStatus.Suppressed, "id", false)]
    public void Is_due_where_it_may_have_arrived_and_has_an_id(DeliveryStatus status, string? messageId, bool isDue)
    {
        var batch = End(Otp(("a", status, messageId)), verified: true);

        batch.Messages.Select(m => m.MessageType).Contains("feedback").ShouldBe(isDue);
    }

    [Fact]
    public void Names_the_OTP_alone_and_is_written_with_its_end()
    {
        var otp = Otp(("a", DeliveryStatus.Sent, "secret-id"));

        var message = End(otp, verified: true).Messages.Single(m => m.MessageType == "feedback");

        Some.Json(message).EnumerateObject().Select(p => p.Value.ToString()).ShouldBe(
            [otp.Otp.Id.ToString(), otp.Otp.ApplicationId.ToString()]);
        message.CorrelationId.ShouldBe(otp.Otp.Id);
    }

    [Fact]
    public void Is_on_the_newest_that_may_have_arrived()
    {
        var otp = Otp(
            ("a", DeliveryStatus.Sent, "first"), ("a", DeliveryStatus.Delivered, "second"), ("b", DeliveryStatus.Failed, null),
            ("b", DeliveryStatus.Unknown, null));
        End(otp, verified: true);

        FeedbackRules.Decide(otp.Otp, otp.Deliveries.AsEnumerable().Reverse(), All).ShouldBe(
            new(otp.Deliveries[1].Id, otp.Deliveries[1].Channel, "a", "second", Verified: true, otp.Otp.FinalAt!.Value));
    }

    [Fact]
    public void Is_not_given_to_an_earlier_provider_where_the_newest_wants_none()
    {
        var otp = Otp(("a", DeliveryStatus.Sent, "first"), ("b", DeliveryStatus.Sent, "second"));

        End(otp, verified: true).Messages.ShouldNotContain(m => m.MessageType == "feedback");
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("verified-only", false)]
    [InlineData("b", false)]
    public void Says_that_nobody_verified_it_where_the_provider_wants_that(string provider, bool isDue)
    {
        var otp = Otp((provider, DeliveryStatus.Sent, "id"));

        var batch = End(otp, verified: false);

        otp.Otp.Reason.ShouldBe(OtpReason.NotVerified);
        batch.Messages.Select(m => m.MessageType).Contains("feedback").ShouldBe(isDue);
        FeedbackRules.Decide(otp.Otp, otp.Deliveries, All)?.Verified.ShouldBeFalse();
    }

    [Fact]
    public void Is_not_due_for_an_OTP_that_lives_was_cancelled_or_guessed_too_often()
    {
        var (live, cancelled) = (Otp(("a", DeliveryStatus.Sent, "id")), Otp(("a", DeliveryStatus.Sent, "id")));
        var guessed = Otp(("a", DeliveryStatus.Sent, "id"));
        var (changes, batch) = Changes(Some.Now);

        changes.Move(cancelled, OtpRules.Cancel(cancelled.State, Some.Now).State);
        while (guessed.Otp.Status == OtpStatus.Pending)
        {
            changes.Move(guessed, OtpRules.Verify(guessed.State, new(false, false), Some.Now).State);
        }

        new[] { live, cancelled, guessed }.ShouldAllBe(o => FeedbackRules.Decide(o.Otp, o.Deliveries, All) == null);
        batch.Messages.ShouldNotContain(m => m.MessageType == "feedback");
    }

    [Theory]
    [InlineData("verification", true)]
    [InlineData("check", true)]
    [InlineData("expiry", false)]
    [InlineData("verification too late", false)]
    [InlineData("cancellation too late", false)]
    public async Task Is_committed_by_each_use_case_that_ends_an_OTP(string useCase, bool verified)
    {
        var store = new StoreInMemory { Now = verified ? Some.Now : AfterTheEnd };
        var otp = store.Add(Otp(("a", DeliveryStatus.Sent, "id")));
        var (options, batching) = (Options.Create(Some.OtpOptions("k1")), Options.Create(new BatchingOptions()));
        await using var verification = new OtpVerification(store, store, Some.Secrets, All, options, batching);
        await using var cancellation = new OtpCancellation(store, store, Some.Secrets, All, options, batching);

        await (useCase switch
        {
            "check" => (Task)new OtpCheck(store, store, store, Some.Secrets, All).CheckAsync(
                Some.Application(), new("here", Recipient.From(((PhoneParseResult.Ok)PhoneNumber.Parse(Some.Phone, null)).Number)),
                new("123456"), traceParent: null, CancellationToken.None),
            "expiry" => new OtpExpiry(store, store, Some.Secrets, All).ExpireAsync(10, CancellationToken.None),
            "cancellation too late" => cancellation.CancelAsync(new(Some.Application(), otp.Otp.Id), CancellationToken.None),
            _ => verification.VerifyAsync(new(Some.Application(), otp.Otp.Id, new("123456")), CancellationToken.None),
        });

        otp.Otp.Status.ShouldBe(verified ? OtpStatus.Verified : OtpStatus.Expired);
        store.Messages.Select(m => m.MessageType).ShouldBe(["status", "feedback"]);
        var owed = store.Feedback.Values.ShouldHaveSingleItem();
        (owed.OtpId, owed.Attempt, owed.Republished, owed.DueAt).ShouldBe((otp.Otp.Id, 1, 0, store.Now.AddMinutes(1)));
    }

    private static OutboxBatch End(LockedOtp otp, bool verified)
    {
        var (changes, batch) = Changes(verified ? Some.Now : AfterTheEnd);
        changes.Move(otp, verified ? OtpRules.Verify(otp.State, new(true, false), Some.Now).State : otp.State.At(AfterTheEnd));
        changes.PendingFeedback.Keys.ShouldBe(
            batch.Messages.Where(m => m.MessageType == "feedback").Select(m => m.CorrelationId!.Value), "a row for each command");
        return batch;
    }

    private static (OtpChanges Changes, OutboxBatch Batch) Changes(DateTime now)
    {
        var batch = Some.Batch();
        return (new(batch, now, Some.Secrets) { Feedback = All }, batch);
    }

    private static LockedOtp Otp(params (string Provider, DeliveryStatus Status, string? MessageId)[] deliveries)
    {
        var otp = Some.Locked();
        foreach (var ((provider, status, messageId), i) in deliveries.Select((d, i) => (d, i)))
        {
            var delivery = Some.Delivery(otp.Otp.Id, status, i + 1, provider);
            delivery.ProviderMessageId = messageId;
            otp.Deliveries.Add(delivery);
        }

        return otp;
    }
}
