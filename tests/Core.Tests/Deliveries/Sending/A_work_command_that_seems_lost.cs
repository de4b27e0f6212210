using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Deliveries.Sending;

public class A_work_command_that_seems_lost
{
    private readonly StoreInMemory _store = new();
    private readonly DeliveryOptions _options = new();
    private readonly FakeTimeProvider _time = new();
    private readonly QueueLag _lag;

    public A_work_command_that_seems_lost() => _lag = new(_time, Options.Create(_options));

    [Fact]
    public async Task Is_published_again()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Queued]));
        var recovery = Recovery();
        _time.Advance(_options.LostAfter);
        await recovery.RepublishAsync(10, CancellationToken.None);
        _store.Messages.ShouldBeEmpty();
        _store.Now = Some.Now.AddSeconds(15);

        await recovery.RepublishAsync(10, CancellationToken.None);

        _store.Messages.ShouldHaveSingleItem().MessageType.ShouldBe("work");
        (otp.Deliveries[0].Republished, otp.Deliveries[0].PublishDueAt, otp.Otp.Sequence).ShouldBe((1, _store.Now.AddSeconds(30), 1));
    }

    [Fact]
    public async Task Is_not_published_again_while_it_waits_in_the_outbox()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Queued]));
        _store.Unpublished.Add(otp.Otp.Id);
        var recovery = Recovery();
        _time.Advance(_options.LostAfter);
        _store.Now = Some.Now.AddSeconds(15);

        await recovery.RepublishAsync(10, CancellationToken.None);

        _store.Messages.ShouldBeEmpty();
        (otp.Deliveries[0].Republished, otp.Deliveries[0].PublishDueAt).ShouldBe((0, _store.Now.AddSeconds(15)));
        _store.Saved.ShouldHaveSingleItem().UpdatedDeliveries.ShouldBe(otp.Deliveries);

        _store.Unpublished.Clear();
        _store.Now = _store.Now.AddSeconds(15);
        await recovery.RepublishAsync(10, CancellationToken.None);
        _store.Messages.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Is_not_published_again_while_its_queue_is_behind()
    {
        var otp = _store.Add(Some.Locked(deliveries: [DeliveryStatus.Queued]));
        var recovery = Recovery();
        _lag.Saw(Some.Claimed(lag: TimeSpan.FromSeconds(40)));
        _store.Now = Some.Now.AddSeconds(15 + 40).AddTicks(-1);
        await recovery.RepublishAsync(10, CancellationToken.None);
        _store.Messages.ShouldBeEmpty();
        _store.Now = Some.Now.AddSeconds(15 + 40);

        await recovery.RepublishAsync(10, CancellationToken.None);

        _store.Messages.ShouldHaveSingleItem();
        otp.Deliveries[0].Republished.ShouldBe(1);
    }

    [Fact]
    public async Task Is_not_published_again_before_it_is_known_how_far_its_queue_is_behind()
    {
        _store.Add(Some.Locked(deliveries: [DeliveryStatus.Queued]));
        _store.Now = Some.Now.AddSeconds(60);

        (await Recovery().RepublishAsync(10, CancellationToken.None)).ShouldBe(0);

        _store.Messages.ShouldBeEmpty();
    }

    private DeliveryRecovery Recovery() => new(
        _store, _store, Some.Secrets, _lag, Some.Consequences(_options), Some.Budgets(_options),
        Options.Create(_options));
}
