using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps.Sending;

public class Sending_again
{
    private readonly StoreInMemory _store = new();

    [Fact]
    public async Task Queues_one_more_attempt_of_the_step_and_counts_it()
    {
        var otp = _store.Add(Some.Locked(deliveries: DeliveryStatus.Sent));

        (await SendAsync(otp)).Error.ShouldBeNull();

        var changes = _store.Saved.ShouldHaveSingleItem();
        var delivery = changes.NewDeliveries.ShouldHaveSingleItem();
        (delivery.OtpId, delivery.Step, delivery.Attempt, delivery.IsResend, delivery.Status, delivery.DueAt)
            .ShouldBe((otp.Otp.Id, 1, 2, true, DeliveryStatus.Queued, Some.Now));
        changes.CountedSends.ShouldHaveSingleItem().Sends.Length.ShouldBe(1);
        changes.Finals.ShouldBeEmpty();
        changes.NewPins.ShouldBeEmpty();
        delivery.WaitingSince.ShouldBe(Some.Now);
        _store.Messages.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(DeliveryStatus.Queued)]
    [InlineData(DeliveryStatus.Sending)]
    public async Task Doubles_nothing_that_is_on_its_way(DeliveryStatus status)
    {
        (await SendAsync(_store.Add(Some.Locked(deliveries: status)))).Error.ShouldBeNull();

        _store.Saved.ShouldHaveSingleItem().NewDeliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task Sends_a_new_PIN_beside_the_one_that_is_being_sent()
    {
        var otp = _store.Add(Some.Locked(deliveries: DeliveryStatus.Sending));

        (await SendAsync(otp, new() { ResendCooldown = 0, ResendPolicy = ResendPolicy.New })).Error.ShouldBeNull();

        _store.Saved[0].NewDeliveries.ShouldHaveSingleItem().Attempt.ShouldBe(2);
    }

    [Fact]
    public async Task Takes_the_place_of_a_retry_that_waits()
    {
        var otp = Some.Locked(deliveries: DeliveryStatus.Failed);
        new OtpChanges(Some.Batch(), Some.Now, Some.Secrets).Queue(otp, otp.Deliveries[0], new(Round: 2, Tried: "", TimeSpan.FromSeconds(8)), 0, TimeSpan.Zero);
        _store.Add(otp);

        (await SendAsync(otp)).Error.ShouldBeNull();

        otp.Deliveries.Select(d => (d.Attempt, d.Status, d.Reason)).ShouldBe(
            [(1, DeliveryStatus.Failed, null), (2, DeliveryStatus.Suppressed, "resent"), (3, DeliveryStatus.Queued, null)]);
    }

    [Theory]
    [InlineData(ResendPolicy.New, 2)]
    [InlineData(ResendPolicy.NewWithGrace, 1)]
    public async Task Makes_another_PIN_by_the_policy(ResendPolicy policy, int oldestVersion)
    {
        var otp = _store.Add(Some.Locked(deliveries: DeliveryStatus.Sent));

        (await SendAsync(otp, new() { ResendCooldown = 0, ResendPolicy = policy })).Error.ShouldBeNull();

        var pin = _store.Saved[0].NewPins.ShouldHaveSingleItem();
        Some.Secrets.DecryptPin(pin).Reveal().Length.ShouldBe(6);
        (pin.Version, pin.ValidUntil).ShouldBe((2, otp.Otp.ExpiresAt));
        _store.Saved[0].KeptPins.ShouldBe([(otp.Otp.Id, oldestVersion)]);
    }

    [Fact]
    public async Task Counts_the_attempts_of_a_step_from_the_resend()
    {
        var otp = Some.Locked(deliveries: [DeliveryStatus.Failed, DeliveryStatus.Sent]);
        _store.Add(otp);
        await SendAsync(otp);

        otp.Deliveries.ConvertAll(d => d.Round).ShouldBe([1, 2, 1]);
    }

    [Fact]
    public async Task Is_refused_within_the_cooldown_and_after_the_last_resend()
    {
        var settings = new ApplicationSettings { ResendCooldown = 30, MaxResends = 1 };
        var otp = _store.Add(Some.Locked(deliveries: DeliveryStatus.Sent));

        _store.Now = Some.Now.AddSeconds(12);
        var soon = (await SendAsync(otp, settings)).Error.ShouldNotBeNull();
        (soon.Kind, soon.RetryAfter).ShouldBe((ErrorKind.ResendTooSoon, TimeSpan.FromSeconds(18)));

        _store.Now = Some.Now.AddSeconds(30);
        (await SendAsync(otp, settings)).Value.ResendsLeft.ShouldBe(0);
        _store.Now = Some.Now.AddSeconds(90);
        (await SendAsync(otp, settings)).Error.ShouldBe(OtpErrors.ResendsUsed);
        _store.Saved.Sum(s => s.NewDeliveries.Count).ShouldBe(1);
    }

    [Fact]
    public async Task Is_refused_within_the_callers_retry_period_which_wins_over_the_applications_and_the_cooldown()
    {
        var history = Some.History();
        history.Sends = [new DateTimeOffset(Some.Now).ToUnixTimeMilliseconds()];
        var otp = _store.Add(Some.Locked(history: history, deliveries: DeliveryStatus.Sent));
        var settings = new ApplicationSettings { MaxResends = 0, ResendPolicy = ResendPolicy.New, Limits = new() { RetryPeriod = 60 } };
        _store.Now = Some.Now.AddSeconds(20);

        (await SendAsync(otp, settings, retryPeriod: 60)).Error.ShouldNotBeNull().RetryAfter.ShouldBe(TimeSpan.FromSeconds(40));
        _store.Saved[^1].NewDeliveries.ShouldBeEmpty();

        (await SendAsync(otp, settings, retryPeriod: 0)).Error.ShouldBeNull();
        _store.Saved[^1].NewPins.ShouldBeEmpty();
    }

    [Fact]
    public async Task Costs_as_much_as_the_first_time_and_no_more_than_the_application_may_spend()
    {
        var settings = Free with { Limits = new() { SpendingPerDay = 0.25m } };
        var first = _store.Add(Some.Locked(cost: 0.1m, deliveries: DeliveryStatus.Sent));
        var waiting = _store.Add(Some.Locked(cost: 0.1m, deliveries: DeliveryStatus.Queued));
        _store.Spending.Spent = 0.1m;

        (await SendAsync(first, settings)).Error.ShouldBeNull();
        (await SendAsync(waiting, settings)).Error.ShouldBeNull();
        _store.Spending.Spent.ShouldBe(0.2m);
        _store.Saved[0].Spendings.ShouldBe([_store.Spending]);

        first.Deliveries[^1].Status = DeliveryStatus.Sent;
        (await SendAsync(first, settings)).Error.ShouldBe(OtpErrors.SpendingLimit);
        (first.Deliveries.Count, _store.Spending.Spent).ShouldBe((2, 0.2m));
    }

    [Theory]
    [InlineData(OtpStatus.Verified, ErrorKind.AlreadyVerified)]
    [InlineData(OtpStatus.Cancelled, ErrorKind.Cancelled)]
    [InlineData(OtpStatus.Failed, ErrorKind.Failed)]
    [InlineData(OtpStatus.Expired, ErrorKind.Expired)]
    public async Task Is_refused_for_what_is_over(OtpStatus status, ErrorKind kind)
    {
        (await SendAsync(_store.Add(Some.Locked(status, deliveries: DeliveryStatus.Sent)))).Error.ShouldNotBeNull().Kind.ShouldBe(kind);
        _store.Saved.ShouldAllBe(s => s.IsEmpty);
    }

    [Fact]
    public async Task Is_refused_from_the_expiry_on()
    {
        var expired = _store.Add(Some.Locked(deliveries: DeliveryStatus.Sent));
        _store.Now = expired.Otp.ExpiresAt;

        (await SendAsync(expired)).Error.ShouldBe(OtpErrors.HasExpired);
    }

    [Fact]
    public async Task Is_refused_with_another_policy_than_the_applications_unless_requests_may_name_one()
    {
        var otp = _store.Add(Some.Locked(deliveries: DeliveryStatus.Sent));
        var command = new ResendCommand(Some.Application(Free), otp.Otp.Id) { Policy = ResendPolicy.New };

        (await Resend().ResendAsync(command, default)).Error.ShouldBe(OtpErrors.ResendPolicyNotAllowed);
        (await Resend().ResendAsync(command with { Policy = ResendPolicy.Same }, default)).Error.ShouldBeNull();
        command = command with { Application = Some.Application(Free with { ResendPolicyByRequest = true }) };
        otp.Deliveries.ForEach(d => d.Status = DeliveryStatus.Sent);
        (await Resend().ResendAsync(command, default)).Error.ShouldBeNull();
    }

    [Fact]
    public async Task Is_refused_with_a_new_PIN_where_the_caller_wrote_the_message()
    {
        var id = Guid.CreateVersion7();
        var details = Some.Secrets.EncryptDetails(id, Some.Details with { NewPin = null });
        var otp = _store.Add(Some.Locked(id: id, details: details, deliveries: DeliveryStatus.Sent));

        (await SendAsync(otp, Free with { ResendPolicy = ResendPolicy.NewWithGrace })).Error.ShouldBe(OtpErrors.ResendOfOwnMessage);
        (await SendAsync(otp, Free)).Error.ShouldBeNull();
    }

    [Fact]
    public async Task Is_refused_for_a_channel_without_a_step_that_has_started()
    {
        var otp = _store.Add(Some.Locked(deliveries: DeliveryStatus.Sent));

        (await Resend().ResendAsync(new(Some.Application(Free), otp.Otp.Id) { Channel = Channel.Call }, default))
            .Error.ShouldBe(OtpErrors.ResendChannelInvalid);
    }

    [Fact]
    public async Task Is_refused_for_another_applications_OTP() =>
        (await Resend().ResendAsync(new(Some.Application(id: Guid.NewGuid()), _store.Add(Some.Locked()).Otp.Id), default))
            .Error.ShouldBe(OtpErrors.NotFound);

    [Fact]
    public async Task Under_the_same_id_happens_once()
    {
        var otp = _store.Add(Some.Locked(deliveries: DeliveryStatus.Sent));
        var command = new ResendCommand(Some.Application(new ApplicationSettings { ResendCooldown = 0 }), otp.Otp.Id, "click-1");

        (await Resend().ResendAsync(command, default)).Value.ResendsLeft.ShouldBe(2);
        (await Resend().ResendAsync(command, default)).Value.ResendsLeft.ShouldBe(2);

        _store.Saved.Sum(s => s.NewDeliveries.Count).ShouldBe(1);
    }

    private static ApplicationSettings Free => new() { ResendCooldown = 0 };

    private Task<SendingAnswer> SendAsync(LockedOtp otp, ApplicationSettings? settings = null, int? retryPeriod = null) =>
        Resend().ResendAsync(new(Some.Application(settings ?? Free), otp.Otp.Id) { RetryPeriod = retryPeriod }, CancellationToken.None);

    private OtpResend Resend() => new(
        new(_store, _store, Some.Secrets, Options.Create(new OtpOptions())), _store, Some.Secrets,
        new ProviderChoice(Options.Create(new DeliveryOptions()), Options.Create(new SandboxOptions { Enabled = true })),
        Options.Create(new DeliveryOptions()));
}
