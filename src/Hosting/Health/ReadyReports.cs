using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OtpPipeline.Hosting.Health;

/// <summary>The report of /health/ready, shared by all concurrent callers.</summary>
/// <remarks>
/// The page needs no key, and each check takes one connection to the database and one to the broker: callers must not decide how many.
/// </remarks>
internal sealed class ReadyReports(HealthCheckService checks, TimeProvider time)
{
    public const string Tag = "ready";

    /// <summary>Maximum age of a report. An unhealthy one expires sooner, because clients wait for a starting host.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MaxAgeOfNo = TimeSpan.FromMilliseconds(100);
    private readonly Lock _lock = new();
    private Task<HealthReport>? _report;
    private long _begun;

    /// <summary>The last report, the one in progress, or a new one.</summary>
    public Task<HealthReport> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_report is null || (_report.IsCompleted && time.GetElapsedTime(_begun) >= AgeOf(_report)))
            {
                _begun = time.GetTimestamp();
                _report = Task.Run(
                    () => checks.CheckHealthAsync(c => c.Tags.Contains(Tag), CancellationToken.None), CancellationToken.None);
            }

            return _report.WaitAsync(cancellationToken);
        }
    }

    private static TimeSpan AgeOf(Task<HealthReport> report) =>
        report is { IsCompletedSuccessfully: true, Result.Status: not HealthStatus.Unhealthy } ? MaxAge : MaxAgeOfNo;
}
