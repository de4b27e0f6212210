using Npgsql;
using OtpPipeline.Benchmarks.Load;
using OtpPipeline.Benchmarks.Running;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>Ceiling: 64 connections to PostgreSQL, each inserting one row a transaction and waiting for its commit.</summary>
internal static class RawCommits
{
    public static readonly Ceiling Ceiling = new("PostgreSQL commits", SeenBefore: 10_900, MeasureAsync);

    private static async Task<(double Rate, string? Note)> MeasureAsync(
        Bench bench, Lengths lengths, CancellationToken cancellationToken)
    {
        await bench.Database.ExecuteAsync(
            "CREATE TABLE raw_commits (id uuid PRIMARY KEY, at timestamptz NOT NULL, text text NOT NULL)", cancellationToken);
        var count = 0L;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writers = Enumerable.Range(0, Callers.Connections)
            .Select(_ => Task.Run(() => WriteAsync(bench, () => Interlocked.Increment(ref count), stop.Token), CancellationToken.None)).ToArray();
        var rate = await Gauge.RateAsync(
            "raw commits of one row from 64 connections", lengths, () => Interlocked.Read(ref count), cancellationToken);
        await stop.CancelAsync();
        await Task.WhenAll(writers);
        await bench.Database.ExecuteAsync("DROP TABLE raw_commits", cancellationToken);
        return (rate, null);
    }

    private static async Task WriteAsync(Bench bench, Action committed, CancellationToken cancellationToken)
    {
        await using var connection = await bench.Database.OpenConnectionAsync(CancellationToken.None);
        await using var insert = new NpgsqlCommand("INSERT INTO raw_commits VALUES ($1, now(), $2)", connection);
        var id = new NpgsqlParameter<Guid>();
        insert.Parameters.Add(id);
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "a row of about the size of an outbox message's head" });
        await insert.PrepareAsync(CancellationToken.None);
        while (!cancellationToken.IsCancellationRequested)
        {
            id.TypedValue = Guid.CreateVersion7();
            await insert.ExecuteNonQueryAsync(CancellationToken.None);
            committed();
        }
    }
}
