using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps.Sending;

public class Starting_the_next_step
{
    private readonly StoreInMemory _store = new();
    private ApplicationSettings _settings = new();
    private DeliveryOptions _options = new();

    [Fact]
    public async Task Queues_its_first_attempt_counts_the_send_and_ends_the_wait()
    {
        var otp = Due("sms call:60", DeliveryStatus.Sent);

        (await StartDueAsync()).ShouldBe(1);

        var changes = _store.Saved.ShouldHaveSingleItem();
        var delivery = changes.NewDeliveries.ShouldHaveSingleItem();
        (delivery.Channel, delivery.Step, delivery.Attempt, delivery.IsResend, delivery.DueAt)
            .ShouldBe((Channel.Call, 2, 1, false, Some.Now));
        changes.CountedSends.ShouldHaveSingleItem().Sends.Length.ShouldBe(1);
        changes.EndedWaits.ShouldBe([otp.Otp.Id]);
        changes.Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Reserves_the_price_of_its_channel()
    {
        _settings = new() { Limits = new() { SpendingPerDay = 1 } };
        _options = Priced(0.4m);
        Due("sms call:60", DeliveryStatus.Sent);

        await StartDueAsync();

        _store.Spending.Spent.ShouldBe(0.4m);
    }

    [Fact]
    public async Task Ends_a_step_beyond_the_spending_limit_with_its_reason_and_goes_to_the_next()
    {
        _settings = new() { Limits = new() { SpendingPerDay = 1 } };
        _options = Priced(1.5m);
        var otp = Due("sms call:60 ussd:60", DeliveryStatus.Sent);

        await StartDueAsync();

        otp.Deliveries.Select(d => (d.Step, d.Channel, d.Status, d.Reason)).ShouldBe([
            (1, Channel.Sms, DeliveryStatus.Sent, null), (2, Channel.Call, DeliveryStatus.Failed, "spending_limit"),
            (3, Channel.Ussd, DeliveryStatus.Queued, null),
        ]);
        otp.Otp.Sequence.ShouldBe(2);
    }

    [Theory]
    [InlineData(DeliveryStatus.Failed, OtpStatus.Failed)]
    [InlineData(DeliveryStatus.Sent, OtpStatus.Pending)]
    [InlineData(DeliveryStatus.Undelivered, OtpStatus.Pending)]
    public async Task Fails_the_OTP_only_where_no_step_is_left_and_nothing_was_ever_sent(DeliveryStatus first, OtpStatus expected)
    {
        _settings = new() { Limits = new() { SendsPerHour = 1 } };
        var history = Some.History();
        history.Sends = [new DateTimeOffset(Some.Now).ToUnixTimeMilliseconds()];
        var otp = Due("sms call:60", first, history);

        await StartDueAsync();

        otp.Deliveries[^1].Reason.ShouldBe("recipient_limit");
        otp.Otp.Status.ShouldBe(expected);
    }

    [Fact]
    public async Task Ends_the_steps_of_an_OTP_whose_key_is_missing()
    {
        var id = Guid.CreateVersion7();
        var otp = _store.Add(Some.Locked(id: id, details: [1, 2, 3], plan: "sms call:60", deliveries: DeliveryStatus.Failed));
        _store.DueSteps.Add(id);

        await StartDueAsync();

        otp.Deliveries[^1].Reason.ShouldBe("key_missing");
    }

    [Fact]
    public async Task By_command_starts_one_step_a_call_and_none_for_a_repetition()
    {
        var otp = _store.Add(Some.Locked(plan: "sms call:60 ussd:60", deliveries: DeliveryStatus.Sending));
        var command = new NextCommand(Some.Application(), otp.Otp.Id, "click-1");

        (await Next().StartAsync(command, default)).Error.ShouldBeNull();
        (await Next().StartAsync(command, default)).Error.ShouldBeNull();
        (await Next().StartAsync(command with { SubmissionId = "click-2" }, default)).Error.ShouldBeNull();
        (await Next().StartAsync(command with { SubmissionId = "click-3" }, default)).Error.ShouldBe(OtpErrors.NoFurtherStep);

        otp.Deliveries.Select(d => (d.Step, d.Channel)).ShouldBe([(1, Channel.Sms), (2, Channel.Call), (3, Channel.Ussd)]);
        _store.Saved.SelectMany(s => s.EndedWaits).ShouldAllBe(i => i == otp.Otp.Id);
    }

    [Fact]
    public async Task By_command_is_refused_without_a_step_for_what_is_over_and_for_another_applications_OTP()
    {
        var single = _store.Add(Some.Locked(deliveries: DeliveryStatus.Sent));
        var over = _store.Add(Some.Locked(OtpStatus.Cancelled, plan: "sms call:60", deliveries: DeliveryStatus.Sent));

        (await Next().StartAsync(new(Some.Application(), single.Otp.Id), default)).Error.ShouldBe(OtpErrors.NoFurtherStep);
        (await Next().StartAsync(new(Some.Application(), over.Otp.Id), default)).Error.ShouldBe(OtpErrors.WasCancelled);
        (await Next().StartAsync(new(Some.Application(id: Guid.NewGuid()), over.Otp.Id), default)).Error.ShouldBe(OtpErrors.NotFound);
        _store.Saved.ShouldAllBe(s => s.IsEmpty);
    }

    [Fact]
    public async Task By_command_is_refused_by_a_limit_and_leaves_the_step()
    {
        _settings = new() { Limits = new() { SpendingPerDay = 0 } };
        _options = Priced(0.1m);
        var otp = _store.Add(Some.Locked(plan: "sms call:60", deliveries: DeliveryStatus.Sent));

        (await Next().StartAsync(new(Some.Application(_settings), otp.Otp.Id), default)).Error.ShouldBe(OtpErrors.SpendingLimit);

        StepSchedule.Next(otp).ShouldBe(2);
    }

    private LockedOtp Due(string plan, DeliveryStatus first, Core.Applications.Limits.RecipientHistory? history = null)
    {
        var otp = _store.Add(Some.Locked(plan: plan, history: history, deliveries: first));
        _store.DueSteps.Add(otp.Otp.Id);
        return otp;
    }

    private static DeliveryOptions Priced(decimal call)
    {
        var channel = new ChannelOptions();
        channel.Prices["*"] = call;
        var options = new DeliveryOptions();
        options.Channels["call"] = channel;
        return options;
    }

    private Task<int> StartDueAsync() => new StepStart(
        _store, _store, _store, Some.Secrets, Providers(), Options.Create(_options)).StartDueAsync(
            (_, _) => ValueTask.FromResult<Application?>(Some.Application(_settings)), 100, default);

    private OtpNext Next() => new(
        new(_store, _store, Some.Secrets, Options.Create(new OtpOptions())), Some.Secrets, Providers(), Options.Create(_options));

    private ProviderChoice Providers() => new(Options.Create(_options), Options.Create(new SandboxOptions { Enabled = true }));
}
