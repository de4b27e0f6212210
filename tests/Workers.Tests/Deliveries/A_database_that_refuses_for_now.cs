using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Stores;
using OtpPipeline.Outbox;
using OtpPipeline.Workers.Providers.Sandbox;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Deliveries;

/// <summary>On the real broker; the refusals are played, each more often than a transaction runs again by itself.</summary>
public sealed class A_database_that_refuses_for_now : IAsyncLifetime
{
    private const int Count = 20;
    private static readonly string[] Outages = ["57P01", "53300"];
    private static readonly string[] Passing = ["55P03", "57014", "25P03", "26000", "40001", "40P01", "0A000", "42P05", "55006"];
    private readonly Refusals _claims = new();
    private readonly Refusals _outcomes = new();
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
        await _host.DisposeAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Costs_no_message_and_no_second_send(bool claims, bool outcomes)
    {
        string[] states = [.. Passing.SelectMany(s => Enumerable.Repeat(s, StoreRetries.MaxRuns + 1)), .. Outages];
        _claims.Play(claims ? states : []);
        _outcomes.Play(outcomes ? states : []);

        var otps = await Task.WhenAll(Enumerable.Range(0, Count).Select(_ =>
            _host.RequestAsync(Channel.Sms, SandboxScripts.Recipient(SandboxScript.Deliver, RecipientKind.Phone))));

        foreach (var otpId in otps)
        {
            var otp = await _host.SettledAsync(otpId, o => o.Deliveries.All(d => d.Status == DeliveryStatus.Sent), "it is sent");
            otp.Deliveries.ShouldHaveSingleItem();
        }

        (await _database.ScalarAsync<long>("SELECT count(*) FROM sandbox_messages")).ShouldBe(Count);
        (await _database.ScalarAsync<long>("SELECT count(*) FROM dead_letters")).ShouldBe(0);
        (await _broker.CountAsync("otp-sms_error")).ShouldBeNull();
        (await _broker.CountAsync("otp-sms-dead")).ShouldBe(0u);
        (_claims.Left + _outcomes.Left).ShouldBeLessThan(states.Length / 2, "most refusals were met");
    }

    private void Replace(IServiceCollection services)
    {
        var claims = services.Last(s => s.ServiceType == typeof(IDeliveryStore));
        var otps = services.Last(s => s.ServiceType == typeof(IOtpStore));
        services.AddSingleton<IDeliveryStore>(
            p => new Claims((IDeliveryStore)ActivatorUtilities.CreateInstance(p, claims.ImplementationType!), _claims));
        services.AddSingleton<DeliveryOutcomes>(p => ActivatorUtilities.CreateInstance<DeliveryOutcomes>(
            p, new Outcomes((IOtpStore)ActivatorUtilities.CreateInstance(p, otps.ImplementationType!), _outcomes),
            p.GetRequiredService<IOutbox>()));
    }

    private sealed class Refusals
    {
        private readonly ConcurrentQueue<string> _states = new();

        public int Left => _states.Count;

        public void Play(IEnumerable<string> states)
        {
            foreach (var state in states)
            {
                _states.Enqueue(state);
            }
        }

        public void Refuse()
        {
            if (_states.TryDequeue(out var state))
            {
                throw new PostgresException("refused", "ERROR", "ERROR", state);
            }
        }
    }

    private sealed class Claims(IDeliveryStore inner, Refusals refusals) : IDeliveryStore
    {
        public Task<IReadOnlyDictionary<Guid, ClaimedDelivery>> ClaimAsync(
            IReadOnlyList<ClaimRequest> requests, TimeSpan lease, TimeSpan margin, CancellationToken cancellationToken)
        {
            refusals.Refuse();
            return inner.ClaimAsync(requests, lease, margin, cancellationToken);
        }

        public Task PostponeAsync(IReadOnlyList<PostponeRequest> requests, CancellationToken cancellationToken) =>
            inner.PostponeAsync(requests, cancellationToken);

        public Task<IReadOnlyList<EndingDelivery>> FindEndingAsync(
            IReadOnlyList<PostponeRequest> requests, CancellationToken cancellationToken) =>
            inner.FindEndingAsync(requests, cancellationToken);
    }

    private sealed class Outcomes(IOtpStore inner, Refusals refusals) : IOtpStore
    {
        public Task<IOtpUnit> BeginAsync(CancellationToken cancellationToken)
        {
            refusals.Refuse();
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
