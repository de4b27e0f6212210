using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Outbox;
using OtpPipeline.Workers.Providers.Sandbox;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Deliveries;

/// <summary>On the real broker; the database's absence is played.</summary>
public sealed class A_database_that_is_away : IAsyncLifetime
{
    private const int Count = 40;
    private readonly Switch _switch = new();
    private TestDatabase _database = null!;
    private Broker _broker = null!;
    private WorkerHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await Broker.ConnectAsync();
        await _broker.ForgetTopologyAsync();
        _database = await MigratedDatabase.CreateAsync();
        _host = new(_database, services: Replace);
        await _host.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _switch.Away = false;
        await _host.DisposeAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Pauses_the_claims_and_drains_no_queue()
    {
        _switch.Away = true;
        var otps = await RequestAsync();

        await Eventually.Until(() => Task.FromResult(_switch.Failures > 0 && _switch.Probes > 2), "the gate has closed and been probed");
        (await _broker.CountAsync("otp-sms_error")).ShouldBeNull();
        (await _broker.CountAsync("otp-sms-dead")).ShouldBe(0u);
        var failuresWhileClosed = _switch.Failures;
        await Eventually.Until(() => Task.FromResult(_switch.Probes > 4), "it goes on being probed");
        _switch.Failures.ShouldBe(failuresWhileClosed);

        _switch.Away = false;
        await AllSentOnceAsync(otps);
    }

    [Fact]
    public async Task Keeps_an_outcome_until_it_is_back_so_that_nothing_is_sent_twice()
    {
        _switch.AwayAfterClaim = true;
        var otps = await RequestAsync();
        await Eventually.Until(
            async () => _switch.Failures > 0 && await _database.ScalarAsync<long>("SELECT count(*) FROM sandbox_messages") > 0,
            "some were sent and cannot be reported");

        _switch.AwayAfterClaim = false;

        await AllSentOnceAsync(otps);
        (await _database.ScalarAsync<long>("SELECT count(*) FROM sandbox_messages")).ShouldBe(Count);
    }

    private async Task<List<Guid>> RequestAsync()
    {
        var otps = new List<Guid>();
        for (var i = 0; i < Count; i++)
        {
            otps.Add(await _host.RequestAsync(Channel.Sms, SandboxScripts.Recipient(SandboxScript.Deliver, RecipientKind.Phone)));
        }

        return otps;
    }

    private async Task AllSentOnceAsync(List<Guid> otps)
    {
        foreach (var otpId in otps)
        {
            var otp = await _host.SettledAsync(otpId, o => o.Deliveries.All(d => d.Status == DeliveryStatus.Sent), "it is sent");
            otp.Deliveries.ShouldHaveSingleItem();
        }

        (await _broker.CountAsync("otp-sms_error")).ShouldBeNull();
        (await _broker.CountAsync("otp-sms-dead")).ShouldBe(0u);
    }

    private void Replace(IServiceCollection services)
    {
        var claims = services.Last(s => s.ServiceType == typeof(IDeliveryStore));
        var otps = services.Last(s => s.ServiceType == typeof(IOtpStore));
        services.AddSingleton<IDeliveryStore>(
            p => new Claims((IDeliveryStore)ActivatorUtilities.CreateInstance(p, claims.ImplementationType!), _switch));
        services.AddSingleton<DeliveryOutcomes>(p => ActivatorUtilities.CreateInstance<DeliveryOutcomes>(
            p, new Outcomes((IOtpStore)ActivatorUtilities.CreateInstance(p, otps.ImplementationType!), _switch),
            p.GetRequiredService<IOutbox>()));
        services.AddSingleton<DatabaseProbe>(_ => _ => Task.FromResult(_switch.Probe()));
    }

    private sealed class Switch
    {
        private int _failures;
        private int _probes;

        public bool Away { get; set; }

        public bool AwayAfterClaim { get; set; }

        public int Failures => Volatile.Read(ref _failures);

        public int Probes => Volatile.Read(ref _probes);

        public bool Probe()
        {
            Interlocked.Increment(ref _probes);
            return !Away && !AwayAfterClaim;
        }

        public void ThrowIf(bool away)
        {
            if (away)
            {
                Interlocked.Increment(ref _failures);
                throw new NpgsqlException("The database is away", new SocketException((int)SocketError.ConnectionRefused));
            }
        }
    }

    private sealed class Claims(IDeliveryStore inner, Switch state) : IDeliveryStore
    {
        public Task<IReadOnlyDictionary<Guid, ClaimedDelivery>> ClaimAsync(
            IReadOnlyList<ClaimRequest> requests, TimeSpan lease, TimeSpan margin, CancellationToken cancellationToken)
        {
            state.ThrowIf(state.Away);
            return inner.ClaimAsync(requests, lease, margin, cancellationToken);
        }

        public Task PostponeAsync(IReadOnlyList<PostponeRequest> requests, CancellationToken cancellationToken) =>
            inner.PostponeAsync(requests, cancellationToken);

        public Task<IReadOnlyList<EndingDelivery>> FindEndingAsync(
            IReadOnlyList<PostponeRequest> requests, CancellationToken cancellationToken) =>
            inner.FindEndingAsync(requests, cancellationToken);
    }

    private sealed class Outcomes(IOtpStore inner, Switch state) : IOtpStore
    {
        public Task<IOtpUnit> BeginAsync(CancellationToken cancellationToken)
        {
            state.ThrowIf(state.AwayAfterClaim);
            return inner.BeginAsync(cancellationToken);
        }

        public Task<OtpReading?> FindAsync(Guid applicationId, Guid otpId, CancellationToken cancellationToken) =>
            inner.FindAsync(applicationId, otpId, cancellationToken);

        public Task<OtpReading?> FindWithFeedbackAsync(Guid applicationId, Guid otpId, CancellationToken cancellationToken) =>
            inner.FindWithFeedbackAsync(applicationId, otpId, cancellationToken);

        public Task<int> PurgeAsync(PurgePeriods periods, int limit, CancellationToken cancellationToken) =>
            inner.PurgeAsync(periods, limit, cancellationToken);
    }
}
