using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Deliveries;

/// <summary>Fair shares of a channel's queue, on the real broker and database.</summary>
public sealed class A_tenant_that_floods : IAsyncLifetime
{
    private const int Share = 32;
    private const int Flood = 150;
    private static readonly Guid Loud = Guid.CreateVersion7();
    private static readonly Guid Quiet = Guid.CreateVersion7();
    private static int _number;

    private TestDatabase _database = null!;
    private Broker _broker = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await Broker.ConnectAsync();
        await _broker.ForgetTopologyAsync();
        _database = await MigratedDatabase.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Has_its_share_in_the_queue_and_no_more_however_many_processes_take_it_in()
    {
        await using var first = await HostAsync();
        await using var second = await HostAsync();

        await Task.WhenAll(RequestAsync(first, Loud, Flood), RequestAsync(second, Loud, Flood));
        await RequestAsync(second, Quiet, 2);

        await Eventually.Until(
            async () => await CountAsync(Loud, "status = 'QUEUED' AND waiting_since IS NULL") >= Share / 2 && await OutboxAsync() == 0,
            "half a share is in the queue, and nothing more is on its way there");
        (await CountAsync(Loud, "status = 'QUEUED' AND waiting_since IS NULL")).ShouldBeInRange(Share / 2, Share);
        (await CountAsync(Loud, "waiting_since IS NOT NULL")).ShouldBeGreaterThanOrEqualTo((2 * Flood) - Share);
        (await CountAsync(Quiet, "waiting_since IS NULL")).ShouldBe(2);
        (await _broker.TakeAllAsync("otp-sms")).ShouldBeInRange((Share / 2) + 2, Share + 2);
    }

    [Fact]
    public async Task Gets_further_ones_published_as_its_places_get_free_the_oldest_first()
    {
        await using var host = await HostAsync();
        await RequestAsync(host, Loud, Flood);
        await UntilPublishedAsync(Share / 2);

        for (var round = 0; round < 3; round++)
        {
            await _database.ScalarAsync<object>("DROP TABLE IF EXISTS waited");
            await _database.ScalarAsync<object>("CREATE TABLE waited AS SELECT id FROM deliveries WHERE waiting_since IS NOT NULL");
            var sent = await _database.ScalarAsync<long>(
                $"WITH s AS (UPDATE deliveries SET status = 'SENT' WHERE id IN (SELECT id FROM deliveries WHERE status = 'QUEUED' AND waiting_since IS NULL "
                + $"ORDER BY publish_due_at LIMIT {Share / 4}) RETURNING 1) SELECT count(*) FROM s");
            sent.ShouldBe(Share / 4);

            await UntilPublishedAsync(Share / 2);
            (await CountAsync(Loud, "id IN (SELECT id FROM waited) AND waiting_since IS NULL")).ShouldBeGreaterThanOrEqualTo(Share / 4);
            (await CountAsync(Loud, "waiting_since IS NOT NULL AND due_at < (SELECT max(d.due_at) FROM deliveries d JOIN waited w " +
                "USING (id) WHERE d.waiting_since IS NULL)")).ShouldBe(0);
        }
    }

    [Fact]
    public async Task Takes_a_place_of_the_queue_only_when_an_attempt_is_due()
    {
        await using var host = await HostAsync();
        await RequestAsync(host, Loud, 1);
        await _database.ScalarAsync<object>(
            "INSERT INTO deliveries (id, otp_id, application_id, channel, provider, step, attempt, status, due_at, publish_due_at, " +
            "waiting_since, republished, created_at, updated_at) "
            + "SELECT gen_random_uuid(), d.otp_id, d.application_id, d.channel, d.provider, 1, 2 + g, 'QUEUED', now() + interval '1 " +
                "hour', now(), now(), 0, now(), now() "
            + $"FROM deliveries d, generate_series(1, {Flood}) g");

        await RequestAsync(host, Loud, Share / 2);

        await UntilPublishedAsync(Share / 2);
        (await CountAsync(Loud, "attempt > 2 AND waiting_since IS NULL")).ShouldBe(0);
        var recovered = await host.Services.GetRequiredService<IOtpStore>().BeginAsync(CancellationToken.None);
        await using (recovered)
        {
            var lost = await recovered.LockLostDeliveriesAsync(
                new Dictionary<Channel, TimeSpan> { [Channel.Sms] = TimeSpan.Zero }, 1000, CancellationToken.None);
            lost.Otps.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Lets_another_pass_though_hundreds_of_its_deliveries_wait()
    {
        await using var workers = new WorkerHost(_database, new(StringComparer.Ordinal)
        {
            ["Deliveries:MaxPublishedPerApplication"] = Share.ToString(CultureInfo.InvariantCulture),
            ["Deliveries:Channels:sms:Concurrency"] = "2",
            ["Deliveries:Channels:sms:Prefetch"] = "2",
            ["Sandbox:Latency"] = "00:00:00.02",
        });
        await workers.StartAsync();
        await RequestAsync(workers.Services, Loud, Flood);

        await RequestAsync(workers.Services, Quiet, 1);

        await Eventually.Until(async () => await CountAsync(Quiet, "status = 'SENT'") == 1, "the other's delivery is sent");
        var before = await _database.ScalarAsync<long>(
            $"SELECT count(*) FROM sandbox_messages m, deliveries q WHERE q.application_id = '{Quiet}' AND m.application_id = '{Loud}' "
            + "AND m.sent_at > q.created_at AND m.sent_at < (SELECT sent_at FROM sandbox_messages WHERE application_id = " +
                "q.application_id)");
        before.ShouldBeLessThanOrEqualTo(Share + (Share / 2));
        await Eventually.Until(async () => await CountAsync(Loud, "status = 'SENT'") == Flood, "and all of the flood after it");
    }

    private Task<BusHost> HostAsync() => BusHost.StartAsync(
        _database,
        settings: new(StringComparer.Ordinal) { ["Deliveries:MaxPublishedPerApplication"] = Share.ToString(CultureInfo.InvariantCulture) });

    private static Task RequestAsync(BusHost host, Guid application, int count) => RequestAsync(host.Services, application, count);

    private static async Task RequestAsync(IServiceProvider services, Guid application, int count)
    {
        var intake = services.GetRequiredService<OtpIntake>();
        var owner = new Application { Id = application, Name = "tenant", Settings = new() { Limits = new() { SendsPerHour = 100_000, SendsPerDay = 100_000 } } };
        var answers = await Task.WhenAll(
            Enumerable.Range(0, count).Select(_ => intake.RequestAsync(Request(), new(owner), CancellationToken.None)));
        answers.ShouldAllBe(a => a.Error == null);
    }

    private static OtpRequest Request() => new()
    {
        PhoneNumber = new(string.Create(CultureInfo.InvariantCulture, $"+336123{Interlocked.Increment(ref _number):00000}")),
        From = new("Tests"),
        Template = new("Your PIN is {{pin}}"),
    };

    private Task UntilPublishedAsync(int count) => Eventually.Until(
        async () => await CountAsync(Loud, "status = 'QUEUED' AND waiting_since IS NULL") == count, $"{count} are published");

    private Task<long> CountAsync(Guid application, string condition) =>
        _database.ScalarAsync<long>($"SELECT count(*) FROM deliveries WHERE application_id = '{application}' AND {condition}");

    private Task<long> OutboxAsync() => _database.ScalarAsync<long>("SELECT count(*) FROM outbox_messages");
}
