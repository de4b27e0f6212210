using Npgsql;
using OtpPipeline.Benchmarks.Reporting;

namespace OtpPipeline.Benchmarks.Load;

/// <summary>What the hosts' sessions at PostgreSQL wait for, looked at twenty times a second.</summary>
internal sealed class SessionWatch : IAsyncDisposable
{
    private const int ShownEvents = 6;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly NpgsqlDataSource _database;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<(string Type, string Event), long> _active = [];
    private readonly Task _watching;
    private long _busyLooks;
    private long _idleInTransaction;
    private long _mostSessions;
    private long _mostWaiting;

    public SessionWatch(NpgsqlDataSource database)
    {
        _database = database;
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Ends the watch; what it saw.</summary>
    public async Task<IReadOnlyList<Figure>> StopAsync(string name)
    {
        await _stop.CancelAsync();
        await _watching;
        var active = _active.Values.Sum();
        var events = _active.OrderByDescending(a => a.Value).Take(ShownEvents)
            .Select(a => $"{a.Key.Type} {a.Key.Event} {Share(a.Value):0} %");
        Console.WriteLine($"  sessions at work, by what they wait for: {string.Join(", ", events)}");
        return
        [
            new($"{name}: sessions, most", _mostSessions, "sessions"),
            new($"{name}: at work, mean while any is", Mean(active), "sessions"),
            new($"{name}: idle in a transaction, mean then", Mean(_idleInTransaction), "sessions"),
            new($"{name}: at work, in wait for a lock of a row", Share(Of("Lock")), "%"),
            new($"{name}: at work, in wait for a lock inside", Share(Of("LWLock")), "%"),
            new($"{name}: at work, in wait for the disk", Share(Of("IO")), "%"),
            new($"{name}: locks not granted, most", _mostWaiting, "locks"),
        ];

        long Of(string type) => _active.Where(a => a.Key.Type == type).Sum(a => a.Value);

        double? Share(long looks) => active == 0 ? null : 100.0 * looks / active;

        double? Mean(long looks) => _busyLooks == 0 ? null : (double)looks / _busyLooks;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await LookAsync();
            await Task.Delay(Pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync()
    {
        await using var look = _database.CreateCommand(
            """
            SELECT coalesce(wait_event_type, 'none'), coalesce(wait_event, ''), count(*) FILTER (WHERE state = 'active'),
                count(*) FILTER (WHERE state LIKE 'idle in transaction%'), count(*), (SELECT count(*) FROM pg_locks WHERE NOT granted)
            FROM pg_stat_activity
            WHERE datname = current_database() AND backend_type = 'client backend' AND application_name <> 'bench'
            GROUP BY 1, 2
            """);
        await using var reader = await look.ExecuteReaderAsync();
        long sessions = 0, active = 0;
        while (await reader.ReadAsync())
        {
            var (key, count) = ((reader.GetString(0), reader.GetString(1)), reader.GetInt64(2));
            _active[key] = _active.GetValueOrDefault(key) + count;
            active += count;
            _idleInTransaction += reader.GetInt64(3);
            sessions += reader.GetInt64(4);
            _mostWaiting = Math.Max(_mostWaiting, reader.GetInt64(5));
        }

        _busyLooks += active > 0 ? 1 : 0;
        _mostSessions = Math.Max(_mostSessions, sessions);
    }
}
