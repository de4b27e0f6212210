using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Storage.Suite.Deliveries.Sending;

/// <summary>There is no place for it now: it waits in the database for its turn.</summary>
public sealed class Putting_a_delivery_back(SuiteHost host) : StorageSpec(host)
{
    private const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public async Task Makes_it_wait_for_the_delay()
    {
        var otpId = await Process.OtpAsync(await ApplicationAsync());
        var before = await Process.ClockAsync();

        await PutBackAsync(otpId, TimeSpan.FromSeconds(5));

        var after = await Process.ClockAsync();
        var delivery = await DeliveryAsync(otpId);
        delivery.DueAt.ShouldBeInRange(before.AddSeconds(5), after.AddSeconds(5));
        delivery.WaitingSince.ShouldNotBeNull().ShouldBeInRange(before, after);
        (delivery.Status, delivery.TraceParent).ShouldBe((DeliveryStatus.Queued, TraceParent));
        (await Process.ClaimAsync(OtpSteps.Hint(otpId))).ShouldBeNull();
    }

    [Fact]
    public async Task Without_a_delay_keeps_its_turn()
    {
        var otpId = await Process.OtpAsync(await ApplicationAsync());
        var due = (await DeliveryAsync(otpId)).DueAt;

        await PutBackAsync(otpId, TimeSpan.Zero);

        var delivery = await DeliveryAsync(otpId);
        delivery.DueAt.ShouldBe(due);
        delivery.WaitingSince.ShouldNotBeNull();
    }

    [Fact]
    public async Task Leaves_one_that_is_claimed()
    {
        var otpId = await Process.OtpAsync(await ApplicationAsync());
        await Process.ClaimedAsync(otpId);

        await PutBackAsync(otpId, TimeSpan.Zero);

        (await DeliveryAsync(otpId)).WaitingSince.ShouldBeNull();
    }

    [Fact]
    public async Task Skips_one_that_another_transaction_holds()
    {
        var application = await ApplicationAsync();
        var (held, free) = (await Process.OtpAsync(application), await Process.OtpAsync(application));
        await using (var context = await Process.NewContextAsync())
        await using (await context.Database.BeginTransactionAsync())
        {
            await context.Deliveries.Where(d => d.OtpId == held).ExecuteUpdateAsync(set => set.SetProperty(d => d.Republished, 1));

            await Get<IDeliveryStore>().PostponeAsync([Request(held, TimeSpan.Zero), Request(free, TimeSpan.Zero)], CancellationToken.None);
        }

        (await DeliveryAsync(held)).WaitingSince.ShouldBeNull();
        (await DeliveryAsync(free)).WaitingSince.ShouldNotBeNull();
    }

    [Fact]
    public async Task Tells_which_plans_would_end_first()
    {
        var application = await ApplicationAsync();
        var plan = new { channels = new[] { "ussd", "call" }, ttl = 60, phoneNumber = Recipients.Next() };
        var ending = await Process.OtpAsync(application, plan);
        var plain = await Process.OtpAsync(application, new { channel = "ussd", ttl = 60, phoneNumber = Recipients.Next() });

        var ended = await Get<DeliveryClaims>().PostponeAsync(
            [.. new[] { ending, plain }.Select(o => Request(o, TimeSpan.FromMinutes(2), Channel.Ussd))], CancellationToken.None);

        var outcome = ended.ShouldHaveSingleItem();
        outcome.OtpId.ShouldBe(ending);
        outcome.Outcome.ShouldBeOfType<SendOutcome.NotSent>().Reason.ShouldBe(DeliveryClaims.NoProviderInTime);
        (await Get<DeliveryOutcomes>().RecordAsync(outcome, CancellationToken.None)).ShouldBeTrue();
        (await DeliveryAsync(plain)).WaitingSince.ShouldNotBeNull();
    }

    private static PostponeRequest Request(Guid otpId, TimeSpan delay, Channel channel = Channel.Sms) =>
        new(OtpSteps.Hint(otpId, channel), delay, TraceParent);

    private Task PutBackAsync(Guid otpId, TimeSpan delay) =>
        Get<DeliveryClaims>().PostponeAsync([Request(otpId, delay)], CancellationToken.None);

    private Task<Delivery> DeliveryAsync(Guid otpId) =>
        Process.QueryAsync(db => db.Deliveries.AsNoTracking().SingleAsync(d => d.OtpId == otpId));
}
