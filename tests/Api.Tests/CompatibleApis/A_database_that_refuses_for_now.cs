using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Api.Tests.CompatibleApis;

/// <summary>Every API answers 503 with Retry-After, or with what a further run of the transaction said; never with 500.</summary>
public sealed class A_database_that_refuses_for_now : IAsyncLifetime
{
    private static readonly string[] States = [
        "55P03", "57014", "25P03", "26000", "40001", "40P01", "0A000", "55006", "57P01", "53300", "08006"
    ];
    private readonly ApiHost _host;
    private readonly Refusals _refusals = new();
    private KnownApplication _application = null!;
    private KestrelHost _server = null!;
    private HttpClient _http = null!;
    private CompatibleApiClient _client = null!;

    public A_database_that_refuses_for_now(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    public async ValueTask InitializeAsync()
    {
        _application = await KnownApplication.MakeAsync(_host);
        _server = new(_host, PerfumerlabsServer.SettingsOf(_application.Id), Refuse);
        await _server.RefreshAsync();
        _http = new HttpClient { BaseAddress = _server.Address };
        _client = new(_http);
    }

    [Fact]
    public async Task Is_unavailable_in_every_API_and_changes_nothing()
    {
        foreach (var compatibleApi in CompatibleApi.All)
        {
            var otp = await compatibleApi.MakeAsync(_client, _host, _application);
            var before = await _application.OtpsAsync(_host);
            foreach (var state in States)
            {
                _refusals.Play(state, int.MaxValue);
                foreach (var answer in new[] { await compatibleApi.Request(_client, new(_application), Recipients.Next()), await compatibleApi.Verify(_client, new(_application), otp, "0000000000") })
                {
                    answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable, $"{compatibleApi} {state}: {answer.Text}");
                    int.Parse(answer["Retry-After"]!).ShouldBePositive();
                }
            }

            _refusals.Play("", 0);
            (await _application.OtpsAsync(_host)).ShouldBe(before);
            (await _host.StateOfAsync(otp.Id)).ShouldBe((OtpStatus.Pending, 0), compatibleApi.Name);
        }
    }

    [Fact]
    public async Task Is_asked_again_where_the_refusal_has_passed()
    {
        foreach (var compatibleApi in CompatibleApi.All)
        {
            foreach (var state in new[] { "25P03", "26000", "40001", "40P01", "0A000" })
            {
                _refusals.Play(state, StoreRetries.MaxRuns - 1);
                var otp = await compatibleApi.MakeAsync(_client, _host, _application);

                _refusals.Play(state, StoreRetries.MaxRuns - 1);
                var answer = await compatibleApi.Verify(_client, new(_application), otp, otp.Pin);

                compatibleApi.Verified(answer).ShouldBeTrue($"{compatibleApi} {state}: {answer.Text}");
                (await _host.StateOfAsync(otp.Id)).ShouldBe((OtpStatus.Verified, 0), compatibleApi.Name);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    private void Refuse(IServiceCollection services)
    {
        var store = services.Last(s => s.ServiceType == typeof(IOtpStore));
        services.AddSingleton<IOtpStore>(
            p => new RefusingStore((IOtpStore)ActivatorUtilities.CreateInstance(p, store.ImplementationType!), _refusals));
        services.AddSingleton<IIntakeStore>(
            p => new RefusingIntake((IIntakeStore)ActivatorUtilities.CreateInstance(p, store.ImplementationType!), _refusals));
    }

    private sealed class Refusals
    {
        private string _state = "";
        private int _left;

        public void Play(string state, int times)
        {
            _state = state;
            Volatile.Write(ref _left, times);
        }

        public void Refuse()
        {
            if (Interlocked.Decrement(ref _left) >= 0)
            {
                throw new PostgresException("refused", "ERROR", "ERROR", _state);
            }
        }
    }

    private sealed class RefusingStore(IOtpStore inner, Refusals refusals) : IOtpStore
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

    private sealed class RefusingIntake(IIntakeStore inner, Refusals refusals) : IIntakeStore
    {
        public Task<IIntakeUnit> BeginIntakeAsync(CancellationToken cancellationToken)
        {
            refusals.Refuse();
            return inner.BeginIntakeAsync(cancellationToken);
        }
    }
}
