using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Benchmarks.Running;

/// <summary>
/// Processes of both hosts as a deployment has them: defaults, the environment Production, the sandbox as the only provider. One of each
/// unless a phase wants more.
/// </summary>
internal sealed class Pipeline : IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromMinutes(3);
    private const string Open = "deliveries WHERE status IN ('QUEUED', 'SENDING')";
    private readonly Bench _bench;
    private readonly Dictionary<string, string> _settings;
    private readonly List<HostProcess> _apis = [];
    private readonly List<HostProcess> _workers = [];
    private double _peakOfWorkers;

    private Pipeline(Bench bench)
    {
        _bench = bench;
        var pinKey = new PinKey { Id = "bench", Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) };
        Secrets = new OtpSecrets(new KeyRing(Options.Create(new OtpOptions { PinKeys = [pinKey] })));
        _settings = new(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["ConnectionStrings__Otp"] = bench.ConnectionString,
            ["Otp__PinKeys__0__Id"] = pinKey.Id,
            ["Otp__PinKeys__0__Key"] = pinKey.Key,
            ["Sandbox__Enabled"] = "true",
            ["Sandbox__AllowInProduction"] = "true",
            ["Applications__0__Id"] = ApplicationId.ToString(),
            ["Applications__0__Name"] = "bench",
            ["Applications__0__Keys__0__Key"] = Key,
            ["Applications__0__WebhookSecrets__0"] = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["Callbacks__AllowedNetworks__0"] = "127.0.0.0/8",
            ["Applications__0__Settings__Limits__RequestsPerMinute"] = "10000000",
            ["Admin__Key"] = AdminKey,
        };
        if (bench.Arguments.RabbitMqNodes.Count == 0)
        {
            _settings["RabbitMq__Uri"] = bench.Arguments.RabbitMq.ToString();
        }

        foreach (var (i, node) in bench.Arguments.RabbitMqNodes.Index())
        {
            _settings[$"RabbitMq__Hosts__{i}"] = node;
        }
    }

    public Guid ApplicationId { get; } = Guid.CreateVersion7();

    public string Key { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    /// <summary>The operator's.</summary>
    public string AdminKey { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    /// <summary>The hosts' key ring.</summary>
    public OtpSecrets Secrets { get; }

    /// <summary>The first Api, for what needs only one.</summary>
    public HostProcess Api => _apis[0];

    public HostProcess Workers => _workers[0];

    public IReadOnlyList<HostProcess> Apis => _apis;

    /// <summary>Empty while they are stopped.</summary>
    public IReadOnlyList<HostProcess> AllWorkers => _workers;

    public IReadOnlyList<Uri> Addresses => [.. _apis.Select(a => a.Address)];

    public static async Task<Pipeline> StartAsync(Bench bench, CancellationToken cancellationToken)
    {
        var pipeline = new Pipeline(bench);
        Console.WriteLine("Migrating the database, starting the Api and the workers");
        await pipeline.MigrateAsync();
        await pipeline.ResizeAsync(1, cancellationToken);
        Console.WriteLine($"  Api: process {pipeline.Api.Id} at {pipeline.Api.Address}; workers: process {pipeline.Workers.Id}");
        return pipeline;
    }

    /// <summary>Starts further processes until so many of each kind run.</summary>
    public async Task ResizeAsync(int processes, CancellationToken cancellationToken)
    {
        while (_apis.Count < processes)
        {
            _apis.Add(NewApi(Program("api"), _bench.LogFile(NameOf("api", _apis.Count))));
            await Task.WhenAll(_apis[^1].StartAsync(), StartWorkersAsync(cancellationToken)).WaitAsync(cancellationToken);
        }
    }

    /// <summary>An Api that is not started yet.</summary>
    public HostProcess NewApi(string program, string logFile) => new(program, _settings, logFile);

    /// <summary>The most that any process of the workers ever held, in MB.</summary>
    public double PeakOfWorkers => Math.Max(_peakOfWorkers, Workers.Memory("VmHWM"));

    public async Task StopWorkersAsync()
    {
        _peakOfWorkers = PeakOfWorkers;
        foreach (var worker in _workers)
        {
            await worker.StopAsync();
            await worker.DisposeAsync();
        }

        _workers.Clear();
    }

    /// <summary>Starts the workers anew, with settings over the others.</summary>
    public async Task RestartWorkersAsync(CancellationToken cancellationToken, params (string Key, string Value)[] over)
    {
        if (_workers.Count > 0)
        {
            await StopWorkersAsync();
        }

        await StartWorkersAsync(cancellationToken, over);
    }

    /// <summary>Waits until every delivery is made and every message published, so that the next phase starts with empty queues.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        for (var tick = 0; ; tick++)
        {
            // Found by index; a count of all that is open would cost PostgreSQL more than what is measured.
            if (!await _bench.Database.AnyAsync("deliveries WHERE status = 'QUEUED'", cancellationToken)
                && !await _bench.Database.AnyAsync("deliveries WHERE status = 'SENDING'", cancellationToken)
                && !await _bench.Database.AnyAsync("outbox_messages WHERE parked_at IS NULL", cancellationToken))
            {
                break;
            }

            if (TimeProvider.System.GetElapsedTime(start) > DrainTime)
            {
                var open = await _bench.Database.CountAsync(Open, cancellationToken);
                throw new BenchException($"{open:#,##0} deliveries are still open after {DrainTime.TotalMinutes:0} minutes.");
            }

            if (tick % 20 == 19)
            {
                var open = await _bench.Database.CountAsync(Open, cancellationToken);
                Console.WriteLine($"  {open:#,##0} deliveries are still open");
            }

            await Task.Delay(250, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _workers.Concat(_apis))
        {
            if (host.IsRunning)
            {
                await host.StopAsync();
            }

            await host.DisposeAsync();
        }
    }

    private async Task MigrateAsync()
    {
        await using var migration = new HostProcess(Program("api"), _settings, _bench.LogFile("migrate"));
        if (await migration.RunAsync("--migrate") is not 0 and var code)
        {
            throw new BenchException($"--migrate ended with {code}:\n{await File.ReadAllTextAsync(migration.LogFile)}");
        }
    }

    private async Task StartWorkersAsync(CancellationToken cancellationToken, params (string Key, string Value)[] over)
    {
        var settings = _settings.Concat(over.Select(o => KeyValuePair.Create(o.Key, o.Value)));
        _workers.Add(new(Program("workers"), settings, _bench.LogFile(NameOf("workers", _workers.Count))));
        await _workers[^1].StartAsync().WaitAsync(cancellationToken);
    }

    private static string NameOf(string host, int others) => others == 0 ? host : $"{host}-{others + 1}";

    public string Program(string host) =>
        Path.Combine(_bench.Arguments.Hosts, host, host == "api" ? "OtpPipeline.Api.dll" : "OtpPipeline.Workers.dll");
}

internal static class Queries
{
    public static async Task<long> CountAsync(this NpgsqlDataSource database, string fromWhere, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT count(*) FROM {fromWhere}");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public static async Task<bool> AnyAsync(this NpgsqlDataSource database, string fromWhere, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT EXISTS (SELECT FROM {fromWhere})");
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public static async Task ExecuteAsync(this NpgsqlDataSource database, string sql, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
