namespace OtpPipeline.Storage.Suite.Support;

/// <summary>A migrated database for one class of tests, and processes on it.</summary>
public sealed class SuiteHost : IAsyncLifetime
{
    private readonly List<SuiteProcess> _processes = [];
    private SuiteProcess? _impatient;
    private IAsyncDisposable? _database;
    private string _connection = "";

    internal SuiteProcess Process => Processes(1)[0];

    /// <summary>One that waits a moment only for a lock, where the provider lets a process choose.</summary>
    internal SuiteProcess Impatient => _impatient ??= new(DatabaseRow.Impatient(_connection));

    public async ValueTask InitializeAsync()
    {
        // Without a server each test says so itself.
        if (DatabaseRow.IsThere)
        {
            (_connection, _database) = await DatabaseRow.CreateAsync();
        }
    }

    /// <summary>Processes that share nothing but the database.</summary>
    internal IReadOnlyList<SuiteProcess> Processes(int count)
    {
        while (_processes.Count < count)
        {
            _processes.Add(new(_connection));
        }

        return _processes[..count];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        if (_impatient is not null)
        {
            await _impatient.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }
}
