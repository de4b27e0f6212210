using Npgsql;
using OtpPipeline.Benchmarks.Phases;
using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Benchmarks.Running;

namespace OtpPipeline.Benchmarks;

/// <summary>What all phases share: the servers, a database of this run, the hosts, the report.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private const string DatabaseName = "otp_bench";
    private readonly HashSet<string> _warmCeilings = new(StringComparer.Ordinal);

    private Bench(Arguments arguments, Report report)
    {
        (Arguments, Report) = (arguments, report);
        ConnectionString = new NpgsqlConnectionStringBuilder(arguments.Postgres) { Database = DatabaseName }.ConnectionString;
        Database = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(ConnectionString) { MaxPoolSize = 80, MaxAutoPrepare = 50, ApplicationName = "bench" });
    }

    public Arguments Arguments { get; }

    /// <summary>Which round runs; the first is 1.</summary>
    public int Round { get; set; } = 1;

    /// <summary>Of this round: what is warm since the first needs little.</summary>
    public Lengths Lengths => Round == 1 ? Arguments.Lengths : Arguments.Lengths.Again();

    public Report Report { get; }

    /// <summary>The pipeline's database.</summary>
    public NpgsqlDataSource Database { get; }

    public string ConnectionString { get; }

    public static async Task<Bench> StartAsync(Arguments arguments, Report report, CancellationToken cancellationToken)
    {
        await using (var server = NpgsqlDataSource.Create(arguments.Postgres))
        {
            await using var create = server.CreateCommand($"CREATE DATABASE {DatabaseName}");
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        return new Bench(arguments, report);
    }

    /// <summary>The hosts, if a phase has asked for them.</summary>
    public Pipeline? Running { get; private set; }

    /// <summary>The Api and the workers, started when a phase first asks for them.</summary>
    public async Task<Pipeline> PipelineAsync(CancellationToken cancellationToken) =>
        Running ??= await Pipeline.StartAsync(this, cancellationToken);

    /// <summary>Measures a ceiling now, so that the figure after it is held against the same minute.</summary>
    public async Task<double> CeilingAsync(Ceiling ceiling, CancellationToken cancellationToken)
    {
        var lengths = (_warmCeilings.Add(ceiling.Name) ? Arguments.Lengths : Arguments.Lengths.Again()).OfCeiling();
        var (rate, note) = await ceiling.MeasureAsync(this, lengths, cancellationToken);
        Report.Add(new(ceiling.Name, rate, "1/s", Note: note ?? ceiling.NoteOf(rate)));
        return rate;
    }

    /// <summary>After rows were put into the tables: autovacuum must not start in the middle of a measurement because of them.</summary>
    public async Task VacuumAsync(CancellationToken cancellationToken)
    {
        await Database.ExecuteAsync("VACUUM (ANALYZE)", cancellationToken);
        await Database.ExecuteAsync("CHECKPOINT", cancellationToken);
    }

    public string LogFile(string name) => Path.Combine(Arguments.Logs, $"bench-{name}.log");

    public async ValueTask DisposeAsync()
    {
        if (Running is not null)
        {
            await Running.DisposeAsync();
        }

        await Database.DisposeAsync();
    }
}
