using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;

namespace OtpPipeline.Storage.Suite.Support;

/// <summary>Tests of the suite: a database a class, an application a test.</summary>
public abstract class StorageSpec : IClassFixture<SuiteHost>
{
    private readonly SuiteHost _host;

    protected StorageSpec(SuiteHost host)
    {
        DatabaseRow.SkipWithout();
        _host = host;
    }

    internal SuiteProcess Process => _host.Process;

    internal SuiteProcess Impatient => _host.Impatient;

    internal IReadOnlyList<SuiteProcess> Processes(int count) => _host.Processes(count);

    internal T Get<T>()
        where T : notnull => Process.Get<T>();

    /// <summary>An application that sends as often as it likes, and again at once.</summary>
    internal Task<Application> ApplicationAsync(Func<ApplicationSettings, ApplicationSettings>? change = null)
    {
        var open = new ApplicationSettings { ResendCooldown = 0, Limits = new() { SendsPerHour = 100_000, SendsPerDay = 100_000 } };
        return Process.AddApplicationAsync(change?.Invoke(open) ?? open);
    }

    internal Task<Application> LimitedAsync(Func<ApplicationLimits, ApplicationLimits> change) =>
        ApplicationAsync(s => s with { Limits = change(s.Limits) });

    /// <summary>Calls that begin together, each on its thread.</summary>
    internal static Task<T[]> AtOnceAsync<T>(IEnumerable<Func<Task<T>>> calls) => Task.WhenAll(calls.Select(c => Task.Run(c)));

    /// <summary>The same call in each of these processes, this many times, all together.</summary>
    internal Task<T[]> RaceAsync<T>(int processes, Func<SuiteProcess, Task<T>> call, int each = 1) =>
        AtOnceAsync(Processes(processes).SelectMany(p => Enumerable.Range(0, each).Select(_ => (Func<Task<T>>)(() => call(p)))));
}
