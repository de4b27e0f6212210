using Npgsql;
using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Benchmarks.Running;

namespace OtpPipeline.Benchmarks;

/// <summary>What all phases share: the servers, a database of this run, the hosts, the report.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private const string DatabaseName = "otp_bench";
    private Pipeline? _pipeline;

    private Bench(Arguments arguments, Report report)
    {
        (Arguments, Report) = (arguments, report);
        ConnectionString = new NpgsqlConnectionStringBuilder(arguments.Postgres) { Database = DatabaseName }.ConnectionString;
        Database = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(ConnectionString) { MaxPoolSize = 80, MaxAutoPrepare = 50, ApplicationName = "bench" });
    }

    public Arguments Arguments { get; }

    public Lengths Lengths => Arguments.Lengths;

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

    /// <summary>The Api and the workers, started when a phase first asks for them: the ceilings are measured without them.</summary>
    public async Task<Pipeline> PipelineAsync(CancellationToken cancellationToken) =>
        _pipeline ??= await Pipeline.StartAsync(this, cancellationToken);

    public string LogFile(string name) => Path.Combine(Arguments.Logs, $"bench-{name}.log");

    public async ValueTask DisposeAsync()
    {
        if (_pipeline is not null)
        {
            await _pipeline.DisposeAsync();
        }

        await Database.DisposeAsync();
    }
}
