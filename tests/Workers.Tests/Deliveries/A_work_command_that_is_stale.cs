using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Deliveries;

/// <summary>Claims and postponements on the real database: the row decides, not what a message says.</summary>
public sealed class A_work_command_that_is_stale : IAsyncLifetime
{
    private static readonly TimeSpan LostAfter = new DeliveryOptions().LostAfter;
    private TestDatabase _database = null!;
    private BusHost _host = null!;
    private Guid _otpId;

    public async ValueTask InitializeAsync()
    {
        _database = await MigratedDatabase.CreateAsync();
        _host = await BusHost.StartAsync(_database);
        var request = new OtpRequest { PhoneNumber = new("+33612246400"), From = new("Tests"), Template = new("Your PIN is {{pin}}") };
        var owner = new Application { Id = Guid.CreateVersion7(), Name = "tenant", Settings = new() };
        var answer = await _host.Services.GetRequiredService<OtpIntake>().RequestAsync(request, new(owner), CancellationToken.None);
        _otpId = answer.Value.Otp.Id;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData(Channel.Email, "default", "")]
    [InlineData(Channel.Sms, "other", "")]
    [InlineData(Channel.Sms, "default", "a")]
    public async Task Claims_nothing_and_postpones_nothing(Channel channel, string route, string tried)
    {
        var hint = new DeliveryHint(_otpId, channel, 1, route, tried);
        await _database.ExecuteAsync("UPDATE otps SET plan = 'sms call:60'");

        (await ClaimAsync(hint)).ShouldBeEmpty();
        (await EndingAsync(hint)).ShouldBeEmpty();
        await Store.PostponeAsync([new(hint, TimeSpan.FromMinutes(1), null)], CancellationToken.None);

        (await RowAsync()).ShouldBe("QUEUED false  ");
        (await ClaimAsync(Right)).ShouldHaveSingleItem().Delivery.Provider.ShouldBe("a");
        (await RowAsync()).ShouldBe("SENDING false a ");
        (await EndingAsync(Right)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Once_postponed_is_not_claimed_before_its_time_and_then_published_with_its_hints_as_if_for_the_first_time()
    {
        (await EndingAsync(Right)).ShouldBeEmpty("it has no plan");
        await _database.ExecuteAsync("UPDATE otps SET plan = 'sms call:60'");
        (await EndingAsync(Right)).ShouldHaveSingleItem().Plan.ShouldBe("sms call:60");
        (await EndingAsync(Right, TimeSpan.FromSeconds(1))).ShouldBeEmpty("it lives longer");

        await Store.PostponeAsync([new(Right, TimeSpan.FromMinutes(1), "00-1-2-00")], CancellationToken.None);
        (await RowAsync()).ShouldBe("QUEUED true  00-1-2-00");
        (await ClaimAsync(Right)).ShouldBeEmpty();

        await _database.ScalarAsync<object>("UPDATE deliveries SET due_at = now(), route = 'r', tried = 'a,b', republished = 1");
        var released = await ReleaseAsync();

        (released.Single().Route, released.Single().Tried, released.Single().TraceParent).ShouldBe(("r", "a,b", "00-1-2-00"));
        var lag = new QueueLag(TimeProvider.System, Options.Create(new DeliveryOptions()));
        lag.Saw((await ClaimAsync(Right with { Route = "r", Tried = "a,b" })).ShouldHaveSingleItem().Delivery);
        lag.From(Channel.Sms).ShouldNotBeNull().ShouldBeLessThan(LostAfter, "it was published again before its release");
    }

    private IDeliveryStore Store => _host.Services.GetRequiredService<IDeliveryStore>();

    private async Task<IReadOnlyList<ReleasedDelivery>> ReleaseAsync()
    {
        await using var unit = await ((IReleaseStore)Store).BeginReleaseAsync(CancellationToken.None);
        var share = new QueueShare(await _database.ScalarAsync<Guid>("SELECT application_id FROM deliveries"), Channel.Sms);
        var released = await unit.TakeAsync([share], 10, 10, LostAfter, CancellationToken.None);
        await unit.SaveAsync([], CancellationToken.None);
        return released;
    }

    private DeliveryHint Right => new(_otpId, Channel.Sms, 1, "default", "");

    private async Task<IEnumerable<ClaimedDelivery>> ClaimAsync(DeliveryHint hint) => (await Store.ClaimAsync(
        [new(hint, "a", Guid.CreateVersion7())], TimeSpan.FromSeconds(30), TimeSpan.Zero, CancellationToken.None)).Values;

    private Task<IReadOnlyList<EndingDelivery>> EndingAsync(DeliveryHint hint, TimeSpan? delay = null) =>
        Store.FindEndingAsync([new(hint, delay ?? TimeSpan.FromDays(1), null)], CancellationToken.None);

    private Task<string?> RowAsync() => _database.ScalarAsync<string>(
        "SELECT concat_ws(' ', status, CASE WHEN waiting_since IS NULL THEN 'false' ELSE 'true' END, COALESCE(provider, ''), " +
        "COALESCE(trace_parent, '')) FROM deliveries");
}
