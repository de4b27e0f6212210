using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OtpPipeline.Core;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Hosting;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Outbox;

namespace OtpPipeline.Storage.Suite.Support;

/// <summary>What a host registers, not started: use cases and stores on the database, and an outbox that publishes nothing.</summary>
internal sealed class SuiteProcess : IAsyncDisposable
{
    /// <summary>The provider of whatsapp, which sends receipts and wants feedback. Every other channel leads to the sandbox.</summary>
    public const string Gateway = "gateway";

    private readonly IHost _host;

    public SuiteProcess(string connection)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(Settings(connection));
        builder.AddOtpStorage();
        StoreCalls.Watch(builder.Services);
        builder.Services.AddSingleton<IOutboxPublisher, NoBroker>();
        builder.Services.AddSingleton(new FeedbackProviders([new(Gateway, true)]));
        builder.Services.AddOtpCore();
        builder.AddOtpBus();
        _host = builder.Build();
    }

    public OtpSecrets Secrets => Get<OtpSecrets>();

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public async Task<T> QueryAsync<T>(Func<OtpDbContext, Task<T>> query)
    {
        await using var context = await NewContextAsync();
        return await query(context);
    }

    public Task<OtpDbContext> NewContextAsync() => Get<IDbContextFactory<OtpDbContext>>().CreateDbContextAsync();

    public Task<int> AddAsync(params object[] rows) => QueryAsync(db =>
    {
        db.AddRange(rows);
        return db.SaveChangesAsync();
    });

    public async Task<Application> AddApplicationAsync(ApplicationSettings settings)
    {
        var application = new Application { Id = Guid.CreateVersion7(), Name = "suite", Settings = settings };
        await AddAsync(application);
        await Get<ApplicationDirectory>().RefreshAsync(CancellationToken.None);
        return application;
    }

    /// <summary>The database's clock.</summary>
    public async Task<DateTime> ClockAsync()
    {
        await using var unit = await Get<IOtpStore>().BeginAsync(CancellationToken.None);
        return (await unit.LockAsync([], submissions: false, CancellationToken.None)).Now;
    }

    /// <summary>Waits until so many sessions of the database wait for a lock.</summary>
    public Task UntilWaitingAsync(int sessions = 1) => Eventually.Until(
        () => QueryAsync(async db => (await db.Database.SqlQueryRaw<int>(DatabaseRow.WaitingSql).ToListAsync())[0] >= sessions),
        $"{sessions} sessions wait for a lock");

    public ValueTask DisposeAsync() => ((IAsyncDisposable)_host).DisposeAsync();

    private static Dictionary<string, string?> Settings(string connection) => new(StringComparer.Ordinal)
    {
        ["Storage:Provider"] = DatabaseRow.Provider,
        ["ConnectionStrings:Otp"] = connection,
        ["RabbitMq:Uri"] = "amqp://guest:guest@127.0.0.1:1/",
        ["Otp:PinKeys:0:Id"] = "suite",
        ["Otp:PinKeys:0:Key"] = Convert.ToBase64String(new byte[32]),
        ["Sandbox:Enabled"] = "true",
        ["Deliveries:Channels:whatsapp:Provider"] = Gateway,
        ["Deliveries:Channels:call:Prices:*"] = "0.1",
    };

    private sealed class NoBroker : IOutboxPublisher
    {
        public Task PublishAsync(OutgoingMessage outgoing, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("The suite publishes nothing.");
    }
}
