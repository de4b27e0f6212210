namespace OtpPipeline.Outbox.Tests.Support;

/// <summary>A database and a receiver for each test, on the real servers.</summary>
public abstract class OutboxSpec : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _owned = [];

    internal ThingsDatabase Database { get; private set; } = null!;

    internal Receiver Receiver { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await ThingsDatabase.CreateAsync();
        Receiver = await Receiver.StartAsync(Servers.RabbitMq);
    }

    public async ValueTask DisposeAsync()
    {
        // In the order of creation: a bus cannot stop behind a proxy that hangs.
        foreach (var disposable in _owned)
        {
            await disposable.DisposeAsync();
        }

        if (Receiver is not null)
        {
            await Receiver.DisposeAsync();
        }

        if (Database is not null)
        {
            await Database.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    internal async Task<OutboxProcess> StartProcess(
        object? settings = null, Uri? broker = null,
        Action<Microsoft.Extensions.DependencyInjection.IServiceCollection>? configure = null) =>
        Own(await OutboxProcess.StartAsync(Database, Receiver, settings, broker, configure));

    internal OutboxProcess DeadProcess(object? settings = null) => Own(OutboxProcess.Dead(Database, Receiver, settings));

    internal T Own<T>(T disposable)
        where T : IAsyncDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }

    internal Task EverythingArrives(int count) =>
        Eventually.Until(
            () => Receiver.Messages.Select(m => m.MessageId).Distinct().Count() == count,
            $"{count} messages, {Receiver.Messages.Count} so far");

    internal Task TheTableIsEmpty() => Eventually.Until(async () => await Database.RowsAsync() == 0, "an empty outbox");
}
