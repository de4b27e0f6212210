using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Deliveries.Sending;

public class The_outcome_of_a_delivery
{
    private readonly StoreInMemory _store = new();
    private readonly DeliveryOptions _options = new() { MaxAttempts = 2 };

    [Fact]
    public async Task Accepted_is_SENT_with_the_providers_id()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sending]));

        (await RecordAsync(otp, new SendOutcome.Accepted("p-1"))).ShouldBeTrue();

        (otp.Deliveries[0].Status, otp.Deliveries[0].ProviderMessageId, otp.Otp.Status).ShouldBe((DeliveryStatus.Sent, "p-1", OtpStatus.Pending));
    }

    [Fact]
    public async Task Refused_of_the_only_channel_ends_the_OTP()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sending]));

        await RecordAsync(otp, new SendOutcome.Refused("invalid_recipient"));

        (otp.Deliveries[0].Status, otp.Deliveries[0].Reason).ShouldBe((DeliveryStatus.Failed, "invalid_recipient"));
        (otp.Otp.Status, otp.Otp.Reason, otp.Otp.Sequence).ShouldBe((OtpStatus.Failed, OtpReason.Undeliverable, 3));
    }

    [Fact]
    public async Task Refused_leaves_the_OTP_while_an_earlier_attempt_may_have_arrived()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Unknown, DeliveryStatus.Sending]));

        await RecordAsync(otp, new SendOutcome.Refused("refused"), 1);

        otp.Otp.Status.ShouldBe(OtpStatus.Pending);
    }

    public static TheoryData<string> NotSent => ["throttled", "unknown"];

    [Theory]
    [MemberData(nameof(NotSent))]
    public async Task Is_not_tried_again_beside_a_resend_of_the_step(string outcome)
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sending]));
        new OtpChanges(Some.Batch(), Some.Now, Some.Secrets).QueueAttempt(
            otp, new(Core.Recipients.Channel.Sms, "default", 1, 2, IsResend: true, Cost: 0), TimeSpan.Zero, TimeSpan.Zero);

        await RecordAsync(otp, outcome == "unknown" ? new SendOutcome.Unknown("timeout") : new SendOutcome.Throttled("throttled"));

        otp.Deliveries.Count.ShouldBe(2);
        otp.Otp.Status.ShouldBe(OtpStatus.Pending);
    }

    [Fact]
    public async Task Refused_starts_the_next_step_of_the_plan_now()
    {
        var otp = _store.Add(Some.Locked(plan: "sms call:60", deliveries: [DeliveryStatus.Sending]));

        await RecordAsync(otp, new SendOutcome.Refused("invalid_recipient"));

        otp.Otp.Status.ShouldBe(OtpStatus.Pending);
        var step = _store.Saved.ShouldHaveSingleItem().PendingSteps.Values.ShouldHaveSingleItem();
        (step.Step, step.DueAt).ShouldBe((2, Some.Now));
    }

    [Theory]
    [InlineData(DeliveryStatus.Failed, true)]
    [InlineData(DeliveryStatus.Queued, false)]
    [InlineData(DeliveryStatus.Unknown, false)]
    [InlineData(DeliveryStatus.Delivered, false)]
    public async Task With_a_receipt_of_UNDELIVERED_starts_the_next_step_now_unless_another_attempt_is_alive(DeliveryStatus other, bool starts)
    {
        var otp = _store.Add(Some.Locked(plan: "sms call:60", deliveries: [other, DeliveryStatus.Sending]));
        _store.Kept.Add(KeptReceipt.From("gateway", new(ReceiptStatus.Undelivered, "absent", "m-1")));
        await using var outcomes = Outcomes();
        var row = otp.Deliveries[1];

        await outcomes.RecordAsync(
            new(otp.Otp.Id, otp.Otp.ApplicationId, row.Id, row.LeaseId!.Value, new SendOutcome.Accepted("m-1")) { ReceiptsFrom = "gateway" },
            default);

        row.Status.ShouldBe(DeliveryStatus.Undelivered);
        var step = _store.Saved.ShouldHaveSingleItem().PendingSteps.Values.ShouldHaveSingleItem();
        (step.Step, step.DueAt).ShouldBe((2, starts ? Some.Now : Some.Now.AddSeconds(60)));
        otp.Otp.Status.ShouldBe(OtpStatus.Pending);
    }

    [Fact]
    public async Task Throttled_without_attempts_left_starts_the_next_step_of_the_plan_now()
    {
        var otp = _store.Add(Some.Locked(plan: "sms call:60", deliveries: [DeliveryStatus.Failed, DeliveryStatus.Sending]));

        await RecordAsync(otp, new SendOutcome.Throttled("throttled"), 1);

        otp.Otp.Status.ShouldBe(OtpStatus.Pending);
        _store.Saved.ShouldHaveSingleItem().PendingSteps.Values.ShouldHaveSingleItem().DueAt.ShouldBe(Some.Now);
    }

    [Fact]
    public async Task Throttled_is_tried_again_later_until_the_attempts_are_used_up()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sending]));

        await RecordAsync(otp, new SendOutcome.Throttled("throttled", TimeSpan.FromSeconds(9)));

        var next = otp.Deliveries[1];
        (next.Status, next.Attempt, next.DueAt, otp.Otp.Status).ShouldBe(
            (DeliveryStatus.Queued, 2, Some.Now.AddSeconds(9), OtpStatus.Pending));
        next.Status = DeliveryStatus.Sending;
        next.LeaseId = Guid.CreateVersion7();
        await RecordAsync(otp, new SendOutcome.Throttled("throttled"), 1);
        (otp.Deliveries.Count, otp.Otp.Status, otp.Otp.Reason).ShouldBe((2, OtpStatus.Failed, OtpReason.Undeliverable));
    }

    [Fact]
    public async Task Throttled_without_time_for_another_attempt_lets_the_OTP_expire_as_never_sent()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sending]));

        await RecordAsync(otp, new SendOutcome.Throttled("throttled", TimeSpan.MaxValue));

        (otp.Deliveries.Count, otp.Otp.Status).ShouldBe((1, OtpStatus.Pending));
        otp.State.At(otp.Otp.ExpiresAt).Reason.ShouldBe(OtpReason.NeverSent);
    }

    [Theory]
    [InlineData(UnknownPolicy.AtLeastOnce, 2)]
    [InlineData(UnknownPolicy.AtMostOnce, 1)]
    public async Task Unknown_follows_the_policy_of_the_channel(UnknownPolicy policy, int deliveries)
    {
        _options.Channels["sms"] = new() { UnknownPolicy = policy };
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sending]));

        await RecordAsync(otp, new SendOutcome.Unknown("timeout"));

        (otp.Deliveries[0].Status, otp.Deliveries.Count, otp.Otp.Status).ShouldBe((DeliveryStatus.Unknown, deliveries, OtpStatus.Pending));
    }

    [Theory]
    [InlineData(DeliveryStatus.Queued, true)]
    [InlineData(DeliveryStatus.Sending, false)]
    public async Task Without_a_provider_in_time_starts_the_next_step_unless_it_was_claimed_since(DeliveryStatus status, bool starts)
    {
        _options.Channels["sms"] = new() { Routes = { new() { Name = "default", Providers = { "a", "b" } } } };
        var otp = _store.Add(Some.Locked(plan: "sms call:60", deliveries: [status]));
        var outcome = new SendOutcome.NotSent("no_provider", otp.Otp.ExpiresAt - Some.Now - _options.ExpiryMargin);
        await using var outcomes = Outcomes();

        (await outcomes.RecordAsync(new(otp.Otp.Id, Guid.Empty, otp.Deliveries[0].Id, null, outcome), default)).ShouldBe(starts);

        otp.Deliveries.ShouldHaveSingleItem().Status.ShouldBe(starts ? DeliveryStatus.Failed : status);
        _store.Saved.SelectMany(s => s.PendingSteps.Values).Select(s => (s.Step, s.DueAt)).ShouldBe(starts ? [(2, Some.Now)] : []);
    }

    [Fact]
    public async Task Counts_only_for_its_own_claim()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sending]));
        await using var outcomes = Outcomes();

        (await outcomes.RecordAsync(new(otp.Otp.Id, otp.Otp.ApplicationId, otp.Deliveries[0].Id, Guid.CreateVersion7(), new SendOutcome.Accepted(null)), CancellationToken.None)).ShouldBeFalse();

        otp.Deliveries[0].Status.ShouldBe(DeliveryStatus.Sending);
    }

    [Fact]
    public async Task Accepted_after_its_lease_takes_back_the_repetition_that_is_not_sent_yet()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Unknown, DeliveryStatus.Queued]));
        otp.Deliveries[0].LeaseId = Guid.CreateVersion7();
        await using var outcomes = Outcomes();

        (await outcomes.RecordAsync(new(otp.Otp.Id, otp.Otp.ApplicationId, otp.Deliveries[0].Id, otp.Deliveries[0].LeaseId!.Value, new SendOutcome.Accepted("p-1")), CancellationToken.None)).ShouldBeTrue();

        otp.Deliveries.Select(d => d.Status).ShouldBe([DeliveryStatus.Sent, DeliveryStatus.Suppressed]);
    }

    [Fact]
    public async Task Is_believed_when_it_comes_after_its_lease_but_only_once()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sending]));
        _store.Now = Some.Now.AddSeconds(30);
        (await Recovery().EndLeasesAsync(10, CancellationToken.None)).ShouldBe(1);
        (otp.Deliveries[0].Status, otp.Deliveries[0].Reason, otp.Deliveries.Count).ShouldBe((DeliveryStatus.Unknown, "lease_ended", 2));

        (await RecordAsync(otp, new SendOutcome.Refused("refused"))).ShouldBeFalse();
        (await RecordAsync(otp, new SendOutcome.Accepted("p-1"))).ShouldBeTrue();
        (await RecordAsync(otp, new SendOutcome.Accepted("p-1"))).ShouldBeFalse();

        otp.Deliveries[0].Status.ShouldBe(DeliveryStatus.Sent);
    }

    [Theory]
    [InlineData(UnknownPolicy.AtLeastOnce)]
    [InlineData(UnknownPolicy.AtMostOnce)]
    public async Task Is_known_after_its_lease_where_nothing_was_sent_and_one_more_attempt_is_made(UnknownPolicy policy)
    {
        _options.Channels["sms"] = new() { UnknownPolicy = policy };
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sending]));
        _store.Now = Some.Now.AddSeconds(30);
        await Recovery().EndLeasesAsync(10, CancellationToken.None);

        (await RecordAsync(otp, new SendOutcome.NotSent("claim_over"))).ShouldBeTrue();

        (otp.Deliveries[0].Status, otp.Deliveries[0].Reason).ShouldBe((DeliveryStatus.Failed, "claim_over"));
        (otp.Deliveries[^1].Status, otp.Deliveries[^1].Attempt, otp.Deliveries.Count).ShouldBe((DeliveryStatus.Queued, 2, 2));
    }

    [Fact]
    public async Task Is_waited_for_while_the_lease_lasts()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Sending]));
        _store.Now = Some.Now.AddSeconds(30).AddTicks(-1);

        await Recovery().EndLeasesAsync(10, CancellationToken.None);

        otp.Deliveries[0].Status.ShouldBe(DeliveryStatus.Sending);
        _store.Saved.ShouldBeEmpty();
    }

    private DeliveryRecovery Recovery() => new(
        _store, _store, Some.Secrets, new(TimeProvider.System, Options.Create(_options)), Consequences(), Some.Budgets(_options),
        Options.Create(_options));

    private DeliveryOutcomes Outcomes() => new(
        _store, _store, Some.Secrets, FeedbackProviders.None, Consequences(), Some.Budgets(_options), new(Options.Create(_options)),
        Options.Create(new BatchingOptions()));

    private DeliveryConsequences Consequences() => Some.Consequences(_options);

    private async Task<bool> RecordAsync(LockedOtp otp, SendOutcome outcome, int delivery = 0)
    {
        await using var outcomes = Outcomes();
        var row = otp.Deliveries[delivery];
        return await outcomes.RecordAsync(new(otp.Otp.Id, otp.Otp.ApplicationId, row.Id, row.LeaseId!.Value, outcome), CancellationToken.None);
    }
}
