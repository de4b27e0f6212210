using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Hosting.Health;

namespace OtpPipeline.Workers.Tests.Hosting.Health;

public sealed class Asking_whether_a_host_is_ready
{
    private readonly FakeTimeProvider _time = new();
    private readonly Checks _checks = new();

    [Fact]
    public async Task Many_at_once_share_one_look()
    {
        var reports = new ReadyReports(_checks, _time);
        var asked = Enumerable.Range(0, 200).Select(_ => reports.ReadAsync(CancellationToken.None)).ToArray();
        _checks.Go.SetResult(HealthStatus.Healthy);

        (await Task.WhenAll(asked)).Select(r => r.Status).Distinct().ShouldBe([HealthStatus.Healthy]);
        _checks.Calls.ShouldBe(1);
    }

    [Theory]
    [InlineData(HealthStatus.Healthy, 1000)]
    [InlineData(HealthStatus.Degraded, 1000)]
    [InlineData(HealthStatus.Unhealthy, 100)]
    public async Task A_report_is_made_again_when_it_is_too_old(HealthStatus status, int milliseconds)
    {
        var reports = new ReadyReports(_checks, _time);
        _checks.Go.SetResult(status);
        await reports.ReadAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        await reports.ReadAsync(CancellationToken.None);
        var before = _checks.Calls;
        _time.Advance(TimeSpan.FromMilliseconds(1));

        (await reports.ReadAsync(CancellationToken.None)).Status.ShouldBe(status);

        (before, _checks.Calls).ShouldBe((1, 2));
    }

    [Fact]
    public async Task One_who_goes_away_takes_no_report_from_the_others()
    {
        var reports = new ReadyReports(_checks, _time);
        using var gone = new CancellationTokenSource();
        var first = reports.ReadAsync(gone.Token);
        var second = reports.ReadAsync(CancellationToken.None);
        await gone.CancelAsync();
        _checks.Go.SetResult(HealthStatus.Healthy);

        await Should.ThrowAsync<OperationCanceledException>(first);
        (await second).Status.ShouldBe(HealthStatus.Healthy);
    }

    private sealed class Checks : HealthCheckService
    {
        private int _calls;

        public TaskCompletionSource<HealthStatus> Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Calls => _calls;

        public override async Task<HealthReport> CheckHealthAsync(
            Func<HealthCheckRegistration, bool>? predicate, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _calls);
            return new(new Dictionary<string, HealthReportEntry>(StringComparer.Ordinal), await Go.Task, TimeSpan.Zero);
        }
    }
}
