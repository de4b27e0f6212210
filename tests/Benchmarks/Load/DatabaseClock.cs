using System.Diagnostics;
using Npgsql;

namespace OtpPipeline.Benchmarks.Load;

/// <summary>The database's clock, read once and continued by the monotonic clock of this process.</summary>
internal sealed class DatabaseClock
{
    // The shortest round trip tells the moment best.
    private const int Reads = 20;
    private readonly DateTime _start;
    private readonly long _timestamp;

    private DatabaseClock(DateTime start, long timestamp) => (_start, _timestamp) = (start, timestamp);

    public DateTime Now => At(Stopwatch.GetTimestamp());

    public static async Task<DatabaseClock> ReadAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var (best, shortest) = (default(DatabaseClock)!, long.MaxValue);
        for (var i = 0; i < Reads; i++)
        {
            var before = Stopwatch.GetTimestamp();
            var now = (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;
            var took = Stopwatch.GetTimestamp() - before;
            (best, shortest) = took < shortest ? (new(now, before + (took / 2)), took) : (best, shortest);
        }

        return best;
    }

    /// <summary>The database's time at a timestamp of this process.</summary>
    public DateTime At(long timestamp) => _start + Stopwatch.GetElapsedTime(_timestamp, timestamp);

    public async Task UntilAsync(DateTime moment, CancellationToken cancellationToken)
    {
        while (moment - Now is var wait && wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, cancellationToken);
        }
    }
}
