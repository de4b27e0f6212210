using System.Diagnostics;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OtpPipeline.Outbox.Sending;
using OtpPipeline.Storage.Postgres.Outbox;

namespace OtpPipeline.Outbox.Tests.Support;

/// <summary>One host with a bus and an outbox, as each of our processes is.</summary>
internal sealed class OutboxProcess : IAsyncDisposable
{
    private readonly ThingsDatabase _database;
    private readonly IHost _host;

    private OutboxProcess(ThingsDatabase database, IHost host)
    {
        _database = database;
        _host = host;
        Outbox = host.Services.GetRequiredService<IOutbox>();
        Store = host.Services.GetRequiredService<IOutboxStore>();
    }

    public IOutbox Outbox { get; }

    public IOutboxStore Store { get; }

    /// <summary>A process that was never started commits, and dies before it publishes.</summary>
    public static OutboxProcess Dead(ThingsDatabase database, Receiver receiver, object? settings = null) =>
        new(database, Build(database, receiver.Exchange, Servers.RabbitMq, settings, configure: null));

    public static async Task<OutboxProcess> StartAsync(
        ThingsDatabase database,
        Receiver receiver,
        object? settings = null,
        Uri? broker = null,
        Action<IServiceCollection>? configure = null)
    {
        var process = new OutboxProcess(database, Build(database, receiver.Exchange, broker ?? Servers.RabbitMq, settings, configure));
        await process._host.StartAsync();
        return process;
    }

    /// <summary>A batch of pings, routed so that the receiver gets them.</summary>
    public OutboxBatch Pings(int count, TimeSpan? delay = null)
    {
        var batch = Outbox.NewBatch();
        for (var i = 0; i < count; i++)
        {
            batch.Publish(new Ping(i), $"ping.{i}", delay);
        }

        return batch;
    }

    /// <summary>Commits the batch's rows with the bulk statement.</summary>
    public async Task CommitAsync(OutboxBatch batch)
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var commands = connection.CreateBatch();
        commands.BatchCommands.Add(PostgresOutbox.InsertCommand(batch.Messages));
        await commands.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    public async Task CommitAndDispatchAsync(OutboxBatch batch)
    {
        await CommitAsync(batch);
        Outbox.Dispatch(batch);
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(5)).Token);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    private static IHost Build(
        ThingsDatabase database, string exchange, Uri broker, object? settings, Action<IServiceCollection>? configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var values = (settings ?? new { }).GetType().GetProperties()
            .ToDictionary(p => "Outbox:" + p.Name, p => p.GetValue(settings)?.ToString(), StringComparer.Ordinal);
        values.TryAdd("Outbox:PollInterval", "00:00:00.1");
        builder.Configuration.AddInMemoryCollection(values);
        builder.Logging.AddFilter("OtpPipeline", LogLevel.Debug).AddProvider(new TestOutputLogger());
        builder.Services.AddSingleton(database.Source);
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.UsingRabbitMq((_, rabbit) =>
            {
                rabbit.Host(broker);
                rabbit.UseRawJsonSerializer(RawSerializerOptions.Default, isDefault: true);
                rabbit.Message<Ping>(m => m.SetEntityName(exchange));
                rabbit.Publish<Ping>(p => p.ExchangeType = "topic");
            });
        });
        builder.Services.AddOutbox(outbox =>
        {
            outbox.Map<Ping>("ping");
            outbox.OnSend = context =>
            {
                if (context is PublishContext publish)
                {
                    publish.Mandatory = true;
                }
            };
        });
        builder.Services.AddPostgresOutbox();
        configure?.Invoke(builder.Services);
        return builder.Build();
    }

    private sealed class TestOutputLogger : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            TestContext.Current.SendDiagnosticMessage($"{logLevel}: {formatter(state, exception)} {exception?.Message}");

        public void Dispose() => Debug.Flush();
    }
}
