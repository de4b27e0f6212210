using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Workers.Callbacks;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Callbacks;

/// <summary>The sender over a table in memory, on a clock that is moved by hand.</summary>
public sealed class A_subscriber_that_fails_for_days
{
    private static readonly TimeSpan[] Schedule =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Is_tried_ten_times_over_three_days_with_the_same_bytes_and_then_parked_until_a_replay()
    {
        await using var world = new World(_time, _ => new(HttpStatusCode.InternalServerError));

        await world.RunOutAsync();

        var pauses = world.Requests.Zip(world.Requests.Skip(1), (a, b) => b.At - a.At).ToList();
        pauses.Count.ShouldBe(9);
        for (var i = 0; i < 9; i++)
        {
            pauses[i].ShouldBeInRange(Schedule[i], (Schedule[i] * 1.1) + TimeSpan.FromMilliseconds(1));
        }

        pauses.Zip(Schedule).ShouldContain(p => p.First != p.Second, "there is jitter");
        world.Requests.Select(r => (r.Id, r.Body)).Distinct().Count().ShouldBe(1, "the same id and the same bytes");
        world.Requests.Select(r => r.Timestamp).Distinct().Count().ShouldBe(10, "each attempt is signed at its own time");
        world.Row.Status.ShouldBe(CallbackStatus.Parked);
        world.Row.Reason.ShouldBe(CallbackReasons.Exhausted);
        world.Row.Attempts.ShouldBe(10);
        await world.TickAsync();
        world.Requests.Count.ShouldBe(10, "nothing is sent any more");

        (world.Row.Status, world.Row.Failures, world.Row.DueAt) = (CallbackStatus.Pending, 0, _time.GetUtcNow().UtcDateTime);
        await world.RunOutAsync();
        world.Requests.Count.ShouldBe(20, "a replay has the whole schedule before it");
    }

    [Fact]
    public async Task Is_taken_as_delivered_when_it_comes_back()
    {
        var answers = 0;
        await using var world = new World(_time, _ => new(++answers < 4 ? HttpStatusCode.BadGateway : HttpStatusCode.NoContent));

        await world.RunOutAsync();

        world.Requests.Count.ShouldBe(4);
        world.Row.Status.ShouldBe(CallbackStatus.Delivered);
    }

    [Fact]
    public async Task Costs_no_attempt_while_the_breaker_leaves_it_alone()
    {
        await using var world = new World(
            _time, _ => throw new HttpRequestException("down"), new() { BreakerFailures = 1, BreakerPause = TimeSpan.FromMinutes(2) });

        await world.TickAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        await world.TickAsync();

        world.Requests.Count.ShouldBe(1);
        world.Row.Attempts.ShouldBe(1);
        (world.Row.DueAt - _time.GetUtcNow().UtcDateTime).ShouldBeGreaterThan(TimeSpan.FromSeconds(60));
    }

    private sealed record Request(DateTimeOffset At, string Id, string Timestamp, string Body);

    private sealed class World : HttpMessageHandler, ICallbackStore, IHostApplicationLifetime, IAsyncDisposable
    {
        private readonly FakeTimeProvider _time;
        private readonly Func<HttpRequestMessage, HttpResponseMessage> _answer;
        private readonly CallbackOutcomes _outcomes;
        private readonly CallbackClaims _claims;
        private readonly CallbackSender _sender;
        private readonly CallbackMetrics _metrics;
        private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        private int _reports;

        public World(FakeTimeProvider time, Func<HttpRequestMessage, HttpResponseMessage> answer, CallbackOptions? settings = null)
        {
            (_time, _answer) = (time, answer);
            var options = Options.Create(settings ?? new());
            var secrets = new OtpSecrets(
                new KeyRing(Options.Create(new OtpOptions { PinKeys = [new() { Id = "k", Key = Convert.ToBase64String(new byte[32]) }] })));
            var id = Guid.CreateVersion7();
            Row = new()
            {
                Id = id,
                OtpId = id,
                ApplicationId = id,
                Sequence = 2,
                Previous = 0,
                Content = secrets.EncryptCallback(id, new("https://subscriber.example/", "{}"u8.ToArray())),
                DueAt = time.GetUtcNow().UtcDateTime,
            };
            _metrics = new(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
            _outcomes = new(this, Options.Create(new BatchingOptions()));
            _claims = new(this, _outcomes, secrets, time, options, Options.Create(new BatchingOptions()));
            _sender = new(
                new CallbackExchange(new(this), options, time), _outcomes, _ => [new byte[32]], secrets,
                new DatabaseCircuitBreaker(
                    _ => Task.FromResult(
                        true), this, TimeProvider.System, NullLogger<DatabaseCircuitBreaker>.Instance), _metrics, options, time, NullLogger<CallbackSender>.Instance);
        }

        public Callback Row { get; }

        public List<Request> Requests { get; } = [];

        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        /// <summary>What the job does at each tick; returns when the outcome is written.</summary>
        public async Task TickAsync()
        {
            var due = (await _claims.ClaimDueAsync(_ => true, 10, CancellationToken.None)).Outgoing;
            var before = Volatile.Read(ref _reports);
            foreach (var callback in due)
            {
                _sender.Hand(callback);
            }

            await Eventually.Until(() => Task.FromResult(Volatile.Read(ref _reports) == before + due.Count), "the outcome is written");
        }

        public async Task RunOutAsync()
        {
            while (Row.Status == CallbackStatus.Pending)
            {
                var wait = Row.DueAt - _time.GetUtcNow().UtcDateTime;
                _time.Advance(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
                await TickAsync();
            }
        }

        public Task<IReadOnlyList<Guid>> ReadDueApplicationsAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<Guid>>([Row.ApplicationId]);

        public Task<IReadOnlyList<Callback>> ClaimDueAsync(
            Guid leaseId, TimeSpan lease, IReadOnlyCollection<Guid> applicationIds, int limit, CancellationToken cancellationToken)
        {
            var due = Row.Status == CallbackStatus.Pending && Row.DueAt <= _time.GetUtcNow().UtcDateTime;
            if (due)
            {
                Row.LeaseId = leaseId;
            }

            return Task.FromResult<IReadOnlyList<Callback>>(due ? [Row] : []);
        }

        public Task<IReadOnlySet<Guid>> RecordAsync(IReadOnlyList<CallbackReport> reports, CancellationToken cancellationToken)
        {
            var report = reports.Single();
            report.LeaseId.ShouldBe(Row.LeaseId!.Value);
            (Row.Status, Row.Reason, Row.DueAt) = (
                report.Decision.Status, report.Decision.Reason, _time.GetUtcNow().UtcDateTime + report.Decision.Delay);
            Row.Attempts += report.Attempt is null ? 0 : 1;
            Row.Failures += report.Attempt is null || report.Decision.Status == CallbackStatus.Delivered ? 0 : 1;
            Interlocked.Increment(ref _reports);
            return Task.FromResult<IReadOnlySet<Guid>>(new HashSet<Guid> { report.CallbackId });
        }

        public Task<IReadOnlyList<UnsentCallback>> ReadUnsentAsync(IReadOnlyCollection<Guid> otpIds, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlySet<Guid>> ClaimAsync(
            Guid leaseId, TimeSpan lease, IReadOnlyList<RenderedCallback> rendered, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<UnsentCallback>> ReadLeasedAsync(
            Guid leaseId, IReadOnlyCollection<Guid> callbackIds, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlySet<Guid>> StoreAsync(
            Guid leaseId, IReadOnlyList<RenderedCallback> rendered, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<CallbackHistory>?> ReadAsync(OwnOtp otp, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<CallbackHistory>> ListAsync(
            CallbackFilter filter, CallbackPlace? after, int limit, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<bool> ReplayAsync(Guid callbackId, OwnOtp? otp, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<ReplayedBatch> ReplayAsync(CallbackFilter filter, Guid? after, int limit, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public void StopApplication() => throw new NotSupportedException();

        public async ValueTask DisposeAsync()
        {
            await _sender.StopAsync(CancellationToken.None);
            _sender.Dispose();
            await _claims.DisposeAsync();
            await _outcomes.DisposeAsync();
            await _services.DisposeAsync();
            Dispose();
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add(new(
                _time.GetUtcNow(), request.Headers.GetValues("webhook-id").Single(),
                request.Headers.GetValues("webhook-timestamp").Single(),
                await request.Content!.ReadAsStringAsync(cancellationToken)));
            return _answer(request);
        }
    }
}
