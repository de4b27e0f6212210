using OtpPipeline.Benchmarks.Reporting;

namespace OtpPipeline.Benchmarks.Processor;

/// <summary>Processor time of each part of the pipeline since a moment.</summary>
/// <remarks>PostgreSQL is its postmaster with all backends, RabbitMQ its Erlang machine with its helpers.</remarks>
internal sealed class ProcessorMeter
{
    private readonly Bench _bench;
    private readonly Dictionary<string, double> _start;

    private ProcessorMeter(Bench bench)
    {
        _bench = bench;
        _start = Read();
    }

    public static ProcessorMeter Start(Bench bench) => new(bench);

    /// <summary>Microseconds of one core for each of this many OTPs, by part.</summary>
    public Figure PerOtp(string name, long otps, Goal? goal = null, double? heldAgainst = null)
    {
        var now = Read();
        var parts = _start.Where(p => otps > 0 && now.ContainsKey(p.Key)).ToDictionary(p => p.Key, p => (now[p.Key] - p.Value) / otps);
        return new(name, parts.Count == 0 ? null : parts.Values.Sum(), Figure.Microseconds, heldAgainst, goal) { Parts = parts };
    }

    private Dictionary<string, double> Read()
    {
        var all = ProcessStat.ReadAll();
        var times = new Dictionary<string, double>(StringComparer.Ordinal);
        Add("Api", _bench.Running?.Apis.Select(h => h.Id), Own);
        Add("Workers", _bench.Running?.AllWorkers.Select(h => h.Id), Own);
        Add("RabbitMQ", _bench.Arguments.RabbitMqProcesses, Tree);
        Add("PostgreSQL", _bench.Arguments.PostgresProcess is { } postmaster ? [postmaster] : null, Tree);

        // The hosts are children of this process.
        Add("load", [Environment.ProcessId], Own);
        return times;

        long Own(int id) => all.Where(p => p.Id == id).Sum(p => p.Own);

        long Tree(int id) => ProcessStat.OfTree(all, id);

        void Add(string part, IEnumerable<int>? processes, Func<int, long> ticks)
        {
            if (processes?.ToList() is { Count: > 0 } ids)
            {
                times[part] = ids.Sum(ticks) * (1_000_000.0 / ProcessStat.TicksPerSecond);
            }
        }
    }
}
