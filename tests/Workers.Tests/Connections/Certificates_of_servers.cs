using System.Diagnostics;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OtpPipeline.Core;
using OtpPipeline.Core.Database;
using OtpPipeline.Hosting;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Storage.Postgres;
using OtpPipeline.Workers.Callbacks;
using OtpPipeline.Workers.Tests.Providers.Support;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Connections;

/// <summary>Every client of ours that speaks TLS; mail is in Providers/Smtp.</summary>
public sealed class Certificates_of_servers
{
    private const string Nowhere = "Host=127.0.0.1;Port=1;Username=nobody;Database=nothing;Timeout=1";
    private static readonly ActivitySource Spans = new("OtpPipeline.Tests.Tls");

    private static readonly Dictionary<string, Func<int, string?, Task, Task>> Clients = new(StringComparer.Ordinal)
    {
        ["AMQP"] = (port, file, _) => AmqpAsync(port, file),
        ["AMQP of the bus"] = (port, file, _) => BusAsync(port, file),
        ["PostgreSQL"] = (port, file, _) => PostgresAsync(port, file),
        ["HTTP provider"] = (port, file, _) => ProviderAsync(port, file),
        ["callback"] = (port, _, _) => CallbackAsync(port),
        ["OTLP"] = (port, _, seen) => TelemetryAsync(port, seen),
    };

    public static TheoryData<string, Flaw> All
    {
        get
        {
            var all = new TheoryData<string, Flaw>();
            foreach (var client in Clients.Keys)
            {
                foreach (var flaw in Enum.GetValues<Flaw>())
                {
                    all.Add(client, flaw);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Are_checked_against_the_authorities_of_the_machine_before_anything_is_sent(string client, Flaw flaw) =>
        await CheckAsync(client, flaw, authority: MachineTrust.Authority, caFile: null, expected: flaw == Flaw.None);

    [Theory]
    [InlineData("AMQP", Flaw.None)]
    [InlineData("AMQP", Flaw.WrongName)]
    [InlineData("AMQP", Flaw.UnknownAuthority)]
    [InlineData("AMQP", Flaw.Expired)]
    [InlineData("AMQP of the bus", Flaw.None)]
    [InlineData("AMQP of the bus", Flaw.WrongName)]
    [InlineData("AMQP of the bus", Flaw.UnknownAuthority)]
    [InlineData("AMQP of the bus", Flaw.Expired)]
    [InlineData("PostgreSQL", Flaw.None)]
    [InlineData("PostgreSQL", Flaw.WrongName)]
    [InlineData("PostgreSQL", Flaw.UnknownAuthority)]
    [InlineData("PostgreSQL", Flaw.Expired)]
    [InlineData("HTTP provider", Flaw.None)]
    [InlineData("HTTP provider", Flaw.WrongName)]
    [InlineData("HTTP provider", Flaw.UnknownAuthority)]
    [InlineData("HTTP provider", Flaw.Expired)]
    public async Task Are_checked_against_the_file_that_the_configuration_names(string client, Flaw flaw)
    {
        var own = new TestAuthority();
        await CheckAsync(client, flaw, own, own.File, expected: flaw == Flaw.None);
    }

    [Theory]
    [InlineData("AMQP")]
    [InlineData("AMQP of the bus")]
    [InlineData("PostgreSQL")]
    [InlineData("HTTP provider")]
    public async Task Come_from_the_file_alone_where_one_is_named(string client) =>
        await CheckAsync(client, Flaw.None, MachineTrust.Authority, new TestAuthority().File, expected: false);

    private static async Task CheckAsync(string client, Flaw flaw, TestAuthority authority, string? caFile, bool expected)
    {
        using var certificate = (flaw == Flaw.UnknownAuthority ? new TestAuthority() : authority).Issue(flaw);
        await using var server = new TlsListener(certificate, client == "PostgreSQL");
        var first = server.FirstAsync();
        var trying = Clients[client](server.Port, caFile, first);

        (await first).ShouldBe(expected, $"{client} goes on after the handshake");
        await trying;
        (server.Spoke > 0).ShouldBe(expected);
    }

    /// <summary>The first connection of a host; the bus follows where it succeeds.</summary>
    private static async Task AmqpAsync(int port, string? caFile)
    {
        var tried = new Tried("OtpPipeline.Hosting.Bus");
        using var host = BusHost(port, caFile, tried);
        await host.StartAsync();
        await tried.Task;
        await host.StopAsync();
    }

    private static async Task BusAsync(int port, string? caFile)
    {
        var tried = new Tried("MassTransit");
        using var host = BusHost(port, caFile, tried);
        using var giveUp = new CancellationTokenSource();
        var start = host.Services.GetRequiredService<IBusControl>().StartAsync(giveUp.Token);
        await tried.Task;
        await giveUp.CancelAsync();
        await ((Task)start).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static IHost BusHost(int port, string? caFile, Tried tried)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["RabbitMq:Uri"] = $"amqps://user:secret@localhost:{port}/",
            ["RabbitMq:CaFile"] = caFile,
            ["Otp:PinKeys:0:Id"] = "test",
            ["Otp:PinKeys:0:Key"] = Convert.ToBase64String(new byte[32]),
        });
        builder.Services.AddPostgresStorage(Nowhere);
        builder.Services.AddOtpCore();
        builder.AddOtpBus();
        builder.Logging.ClearProviders().AddProvider(tried);
        return builder.Build();
    }

    private static async Task PostgresAsync(int port, string? caFile)
    {
        var root = caFile is null ? "" : $";Root Certificate={caFile}";
        var connection = $"Host=localhost;Port={port};Username=otp;Password=secret;Database=otp;Timeout=30;SSL Mode=VerifyFull{root}";
        await using var services = new ServiceCollection().AddLogging().AddOptions().AddPostgresStorage(connection).BuildServiceProvider();
        await using var context = await services.GetRequiredService<IDbContextFactory<OtpDbContext>>().CreateDbContextAsync();
        (await context.Database.CanConnectAsync()).ShouldBeFalse();
    }

    private static async Task ProviderAsync(int port, string? caFile)
    {
        await using var provider = new ProviderHost(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Type"] = "http",
            ["Url"] = $"https://localhost:{port}/",
            ["CaFile"] = caFile,
        });
        await provider.SendAsync(Messages.To("+33612246400"));
    }

    private static async Task CallbackAsync(int port)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>(
                    StringComparer.Ordinal) { [
                        "Callbacks:AllowedNetworks:0"
                    ] = "127.0.0.0/8", ["Callbacks:AllowedNetworks:1"] = "::1/128" }).Build();
        await using var services = new ServiceCollection().AddLogging().AddMetrics().AddSingleton<IConfiguration>(configuration)
            .AddOtpCore().AddOtpCallbacks().BuildServiceProvider();
        using var handler = services.GetRequiredService<CallbackConnections>().CreateHandler();
        using var http = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"https://localhost:{port}/") { Content = new StringContent("{}") };
        await Should.ThrowAsync<HttpRequestException>(() => http.SendAsync(request, CancellationToken.None));
    }

    private static async Task TelemetryAsync(int port, Task seen)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"https://localhost:{port}",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "30000",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
        });
        builder.AddServiceDefaults("tests", "http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        await app.StartAsync();
        Spans.StartActivity("tls")?.Dispose();

        // A stop ends an export that takes long.
        await seen;
        await app.StopAsync();
    }

    /// <summary>Completes with the first warning of a category.</summary>
    private sealed class Tried(string category) : ILoggerProvider, ILogger
    {
        private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _tried.Task.WaitAsync(TimeSpan.FromSeconds(60));

        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith(category, StringComparison.Ordinal)
                ? this
                : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
            {
                _tried.TrySetResult();
            }
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
