using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Deliveries;

/// <summary>One message that names several OTPs, on the real broker and database; the providers are the test's.</summary>
[Collection("servers")]
public sealed class A_work_command_of_many_OTPs : IAsyncLifetime
{
    private const int Places = 3;
    private readonly StubProvider _provider = new("stub");
    private readonly StubProvider _other = new("other");
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, string?> _settings = new(StringComparer.Ordinal)
    {
        // Nothing here is published again because it seems lost.
        ["Deliveries:LostAfter"] = "00:05:00",
        ["Deliveries:Channels:sms:Routes:0:Name"] = "fr",
        ["Deliveries:Channels:sms:Routes:0:Countries:0"] = "FR",
        ["Deliveries:Channels:sms:Routes:0:Providers:0"] = "stub",
        ["Deliveries:Channels:sms:Routes:1:Name"] = "default",
        ["Deliveries:Channels:sms:Routes:1:Providers:0"] = "other",
        ["Deliveries:Channels:sms:Concurrency"] = Places.ToString(CultureInfo.InvariantCulture),
        ["Deliveries:Channels:sms:Prefetch"] = Places.ToString(CultureInfo.InvariantCulture),
    };

    private TestDatabase _database = null!;
    private Broker _broker = null!;
    private BusHost _api = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await Broker.ConnectAsync();
        await _broker.ForgetTopologyAsync();
        _database = await MigratedDatabase.CreateAsync();
        _api = await BusHost.StartAsync(_database, settings: _settings);
        await _api.UntilConnectedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _gate.TrySetResult();
        await _api.DisposeAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task With_more_than_the_worker_has_places_is_carried_out_as_places_get_free()
    {
        var otps = await RequestAsync(10);
        _provider.Gate = _gate.Task;
        await using var worker = await WorkerAsync(_provider);
        await PublishAsync(otps);

        await Eventually.Until(() => _provider.UnderWay == Places, "all places are in use");
        (await CountAsync("status = 'SENDING'")).ShouldBe(Places);
        (await CountAsync("status = 'QUEUED'")).ShouldBe(otps.Count - Places);
        _gate.SetResult();

        await UntilSentAsync(otps);
        _provider.Calls.ShouldBe(otps, ignoreOrder: true);
        _provider.Most.ShouldBe(Places);
        await NothingIsLeftAsync(worker);
    }

    [Fact]
    public async Task Claims_no_more_than_the_provider_has_places_for()
    {
        var otps = await RequestAsync(6);
        _provider.Gate = _gate.Task;
        await using var worker = await WorkerAsync(_provider, providerPlaces: 2);
        await PublishAsync(otps);

        await Eventually.Until(() => _provider.UnderWay == 2, "the provider has what it takes");
        await Eventually.Until(async () => await CountAsync("waiting_since IS NOT NULL") > 0, "one with a place of the channel is postponed");
        (await CountAsync("status = 'SENDING'")).ShouldBe(2);
        _gate.SetResult();

        await UntilSentAsync(otps);
        _provider.Calls.ShouldBe(otps, ignoreOrder: true);
        _provider.Most.ShouldBe(2);
    }

    [Fact]
    public async Task That_comes_again_is_carried_out_for_what_is_left_and_not_while_another_claim_holds()
    {
        var otps = await RequestAsync(9);
        await using var worker = await WorkerAsync(_provider);
        await PublishAsync(otps[..3]);
        await UntilSentAsync(otps[..3]);
        _provider.Gate = _gate.Task;
        await PublishAsync(otps[3..6]);
        await Eventually.Until(() => _provider.UnderWay == 3, "three are under way");

        await PublishAsync(otps);
        await PublishAsync(otps);
        await Eventually.Until(async () => await _broker.CountAsync("otp-sms") == 0, "the worker has both");
        _gate.SetResult();

        await UntilSentAsync(otps);
        await NothingIsLeftAsync(worker);
        _provider.Calls.ShouldBe(otps, ignoreOrder: true);
    }

    [Fact]
    public async Task Delivers_the_others_where_one_expired_one_was_cancelled_one_is_throttled_and_the_hints_of_one_are_stale()
    {
        var otps = await RequestAsync(7);
        var throttled = 0;
        _provider.Answer = d => d.Delivery.OtpId == otps[2] && Interlocked.Increment(ref throttled) == 1
            ? new SendOutcome.Throttled("throttled") : new SendOutcome.Accepted(null);
        await SetAsync("UPDATE otps SET expires_at = now()", otps[0]);
        await SetAsync("UPDATE otps SET status = 'CANCELLED'", otps[1]);
        await using var worker = await WorkerAsync(_provider);

        var further = otps[1..].Select(o => new FurtherOtp(o, o == otps[3] ? 2 : 1, "fr")).ToList();
        await _api.PublishAsync(new OtpRequested(otps[0], "sms", 1, "fr", null, further), "sms");

        await UntilSentAsync(otps[4..]);
        await UntilSentAsync([otps[2]]);
        _provider.Calls.ShouldBe([otps[2], otps[2], .. otps[4..]], ignoreOrder: true);
        (await CountAsync($"otp_id = '{otps[3]}' AND status = 'QUEUED' AND lease_id IS NULL")).ShouldBe(1);
        (await CountAsync($"otp_id IN ('{otps[0]}', '{otps[1]}') AND lease_id IS NOT NULL")).ShouldBe(0);
    }

    [Fact]
    public async Task Asks_for_each_OTP_the_provider_of_its_route()
    {
        var french = await RequestAsync(2);
        var german = await RequestAsync(2, "+49151123");
        await using var worker = await WorkerAsync(_provider, _other);

        await PublishAsync([french[0], german[0], french[1], german[1]], otp => french.Contains(otp) ? "fr" : "default");

        await UntilSentAsync([.. french, .. german]);
        _provider.Calls.ShouldBe(french, ignoreOrder: true);
        _other.Calls.ShouldBe(german, ignoreOrder: true);
    }

    [Fact]
    public async Task Leaves_to_another_worker_what_finds_no_place_while_its_calls_hang()
    {
        var otps = await RequestAsync(9);
        _provider.Gate = _gate.Task;
        await using var hanging = await WorkerAsync(_provider);
        await PublishAsync(otps);
        await Eventually.Until(() => _provider.UnderWay == Places, "its places are in use");

        var free = new StubProvider("stub");
        await using var idle = await WorkerAsync(free);

        await Eventually.Until(() => free.Calls.Count == otps.Count - Places, "the idle worker has sent the rest");
        _provider.Calls.Count.ShouldBe(Places);
        (await CountAsync("status = 'SENDING'")).ShouldBe(Places);
        (await CountAsync("republished > 0")).ShouldBe(0);
        _gate.SetResult();
        await UntilSentAsync(otps);
        _provider.Calls.Concat(free.Calls).ShouldBe(otps, ignoreOrder: true);
        await idle.DisposeAsync();
        await NothingIsLeftAsync(hanging);
    }

    [Fact]
    public async Task Is_given_back_by_a_worker_that_stops_but_for_what_is_under_way()
    {
        var otps = await RequestAsync(8);
        _provider.Gate = _gate.Task;
        var stopping = await WorkerAsync(_provider);
        await PublishAsync(otps);
        await Eventually.Until(() => _provider.UnderWay == Places, "its places are in use");

        var stop = stopping.DisposeAsync().AsTask();
        await Eventually.Until(async () => await _broker.CountAsync("otp-sms") > 0, "what it has not claimed is in the queue again");
        stop.IsCompleted.ShouldBeFalse("its calls are under way");
        _gate.SetResult();
        await stop;
        (await CountAsync("status = 'SENT'")).ShouldBe(Places);
        (await CountAsync("status = 'QUEUED'")).ShouldBe(otps.Count - Places);

        var next = new StubProvider("stub");
        await using var worker = await WorkerAsync(next);
        await UntilSentAsync(otps);
        _provider.Calls.Concat(next.Calls).ShouldBe(otps, ignoreOrder: true);
        (await CountAsync("republished > 0")).ShouldBe(0);
    }

    [Fact]
    public async Task That_nobody_of_ours_wrote_changes_nothing_and_one_of_an_earlier_version_is_understood()
    {
        var otps = await RequestAsync(2);
        await using var worker = await WorkerAsync(_provider);
        var unknown = string.Join(',', Enumerable.Range(0, 500).Select(_ => $$"""{"otpId":"{{Guid.CreateVersion7()}}","step":1}"""));
        var lie = $$"""{"otpId":"{{Guid.CreateVersion7()}}","channel":"sms","step":1,"further":[null,{},{{unknown}}]}""";

        await _broker.PublishAsync("otp-requested", "sms", lie);
        await _broker.PublishAsync(
            "otp-requested", "sms",
            JsonSerializer.Serialize(new { otpId = otps[0], channel = "sms", step = 1, route = "fr", tried = (string?)null }));

        await UntilSentAsync(otps[..1]);
        await NothingIsLeftAsync(worker);
        (await _broker.CountAsync("otp-sms_error")).ShouldBeNull();
        _provider.Calls.ShouldBe(otps[..1]);
    }

    private async Task<WorkerHost> WorkerAsync(StubProvider provider, StubProvider? other = null, int providerPlaces = int.MaxValue)
    {
        var worker = new WorkerHost(_database, _settings, services =>
        {
            provider.AddTo(services, providerPlaces);
            (other ?? _other).AddTo(services);
        });
        await worker.StartAsync();
        return worker;
    }

    /// <summary>OTPs whose own work commands are gone.</summary>
    private async Task<List<Guid>> RequestAsync(int count, string prefix = "+336124")
    {
        var owner = new Application { Id = Settings.ApplicationId, Name = "tenant", Settings = new() };
        var intake = _api.Services.GetRequiredService<OtpIntake>();
        var answers = await Task.WhenAll(Enumerable.Range(0, count).Select(i => intake.RequestAsync(
            new()
            {
                PhoneNumber = new(string.Create(CultureInfo.InvariantCulture, $"{prefix}{i:00000}")),
                From = new("Tests"),
                Template = new("{{pin}}"),
            },
            new(owner), CancellationToken.None)));
        await Eventually.Until(async () => await _database.CountAsync("outbox_messages") == 0, "their work commands are published");
        await _broker.TakeAllAsync("otp-sms");
        return [.. answers.Select(a => a.Value.Otp.Id)];
    }

    private Task PublishAsync(IReadOnlyList<Guid> otps, Func<Guid, string>? route = null)
    {
        var further = otps.Skip(1).Select(o => new FurtherOtp(o, 1, route?.Invoke(o) ?? "fr")).ToList();
        return _api.PublishAsync(new OtpRequested(otps[0], "sms", 1, route?.Invoke(otps[0]) ?? "fr", null, further), "sms");
    }

    private Task UntilSentAsync(IReadOnlyCollection<Guid> otps) => Eventually.Until(
        async () => await CountAsync($"status = 'SENT' AND otp_id IN ('{string.Join("','", otps)}')") == otps.Count,
        "all of them are sent");

    /// <summary>Every message is acknowledged: none comes back from a worker that has stopped.</summary>
    private async Task NothingIsLeftAsync(WorkerHost worker)
    {
        await worker.DisposeAsync();
        await Eventually.Until(async () => await _broker.ConsumersAsync("otp-sms") == 0, "nobody takes messages");
        (await _broker.CountAsync("otp-sms")).ShouldBe(0u);
    }

    private Task<long> CountAsync(string condition) => _database.ScalarAsync<long>($"SELECT count(*) FROM deliveries WHERE {condition}");

    private Task SetAsync(string update, Guid otp) => _database.ScalarAsync<object>($"{update} WHERE id = '{otp}'");
}
