using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps.Verification;

public class Sending_again
{
    private readonly StoreInMemory _store = new();

    [Fact]
    public async Task Queues_one_more_delivery_and_counts_it()
    {
        var otp = _store.Add(Some.Locked(deliveries: DeliveryStatus.Sent));

        (await SendAsync(otp)).ShouldBeNull();

        var changes = _store.Saved.ShouldHaveSingleItem();
        var delivery = changes.NewDeliveries.ShouldHaveSingleItem();
        (delivery.OtpId, delivery.Step, delivery.Attempt, delivery.Status, delivery.DueAt)
            .ShouldBe((otp.Otp.Id, 2, 1, DeliveryStatus.Queued, Some.Now));
        changes.CountedSends.ShouldHaveSingleItem().Sends.Length.ShouldBe(1);
        changes.Finals.ShouldBeEmpty();
        delivery.WaitingSince.ShouldBe(Some.Now);
        _store.Messages.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(DeliveryStatus.Queued)]
    [InlineData(DeliveryStatus.Sending)]
    public async Task Doubles_nothing_that_is_on_its_way(DeliveryStatus status)
    {
        (await SendAsync(_store.Add(Some.Locked(deliveries: status)))).ShouldBeNull();

        _store.Saved.ShouldHaveSingleItem().NewDeliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_refused_within_the_callers_retry_period_which_wins_over_the_applications()
    {
        var history = Some.History();
        history.Sends = [new DateTimeOffset(Some.Now).ToUnixTimeMilliseconds()];
        var otp = _store.Add(Some.Locked(history: history, deliveries: DeliveryStatus.Sent));
        _store.Now = Some.Now.AddSeconds(20);

        (await SendAsync(otp, retryPeriod: 60)).ShouldNotBeNull().RetryAfter.ShouldBe(TimeSpan.FromSeconds(40));
        _store.Saved[^1].NewDeliveries.ShouldBeEmpty();

        (await SendAsync(otp, retryPeriod: 0, new ApplicationLimits { RetryPeriod = 60 })).ShouldBeNull();
    }

    [Fact]
    public async Task Costs_as_much_as_the_first_time_and_no_more_than_the_application_may_spend()
    {
        var limits = new ApplicationLimits { SpendingPerDay = 0.25m };
        var first = _store.Add(Some.Locked(cost: 0.1m, deliveries: DeliveryStatus.Sent));
        var waiting = _store.Add(Some.Locked(cost: 0.1m, deliveries: DeliveryStatus.Queued));
        _store.Spending.Spent = 0.1m;

        (await SendAsync(first, limits: limits)).ShouldBeNull();
        (await SendAsync(waiting, limits: limits)).ShouldBeNull();
        _store.Spending.Spent.ShouldBe(0.2m);
        _store.Saved[0].Spendings.ShouldBe([_store.Spending]);

        first.Deliveries[^1].Status = DeliveryStatus.Sent;
        (await SendAsync(first, limits: limits)).ShouldBe(OtpErrors.SpendingLimit);
        (first.Deliveries.Count, _store.Spending.Spent).ShouldBe((2, 0.2m));
    }

    [Fact]
    public async Task Is_refused_for_what_is_not_live_any_more()
    {
        (await SendAsync(_store.Add(Some.Locked(OtpStatus.Verified)))).ShouldBe(OtpErrors.NotPending);

        var expired = _store.Add(Some.Locked());
        _store.Now = expired.Otp.ExpiresAt;
        (await SendAsync(expired)).ShouldBe(OtpErrors.NotPending);
        _store.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_refused_for_another_applications_OTP()
    {
        var otp = _store.Add(Some.Locked());

        (await Resend().ResendAsync(Some.Application(id: Guid.NewGuid()), otp.Otp.Id, null, null, CancellationToken.None))
            .ShouldBe(OtpErrors.NotFound);
    }

    private Task<OtpError?> SendAsync(LockedOtp otp, int? retryPeriod = null, ApplicationLimits? limits = null) =>
        Resend().ResendAsync(Some.Application(limits ?? new()), otp.Otp.Id, retryPeriod, traceParent: null, CancellationToken.None);

    private OtpResend Resend() => new(
        _store, _store, _store, Some.Secrets,
        new ProviderChoice(Options.Create(new DeliveryOptions()), Options.Create(new SandboxOptions { Enabled = true })),
        Options.Create(new DeliveryOptions()));
}
