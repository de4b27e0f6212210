using System.Security.Cryptography;
using Npgsql;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Storage;

/// <summary>In transaction mode, as docs/operations.md has it.</summary>
public sealed class Behind_PgBouncer : IAsyncLifetime
{
    private const int Otps = 40;
    private const int Guesses = 8;
    private const string Remedy = "set Storage:Pooler to Transaction (docs/operations.md, PgBouncer).";
    private const string Transaction = $"ConnectionStrings:Otp leads to a pooler in transaction mode: {Remedy}";
    private const string Refused = $"ConnectionStrings:Otp leads to a pooler that refuses startup options: {Remedy}";
    private const string Lacking =
        "The role of ConnectionStrings:Otp lacks settings that its sessions need behind a pooler: "
        + "lock_timeout, idle_in_transaction_session_timeout, enable_seqscan, enable_hashjoin, enable_mergejoin, jit; "
        + "set them with ALTER ROLE and let the pooler reconnect (docs/operations.md, PgBouncer).";

    private static readonly string[] RoleSettings =
    [
        "lock_timeout = '5s'", "idle_in_transaction_session_timeout = '10s'",
        "enable_seqscan = off", "enable_hashjoin = off", "enable_mergejoin = off", "jit = off",
    ];

    private readonly string _name = $"b{Guid.NewGuid():N}";
    private readonly string _logs = Servers.NewFolder("logs");
    private string _direct = "";

    public async ValueTask InitializeAsync()
    {
        _direct = new NpgsqlConnectionStringBuilder(Servers.Postgres) { Database = _name }.ConnectionString;
        await using var server = new Database(Servers.Postgres);
        await server.ExecuteAsync($"CREATE DATABASE {_name}");
    }

    public async ValueTask DisposeAsync()
    {
        await using var server = new Database(Servers.Postgres);
        await server.ExecuteAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
    }

    [Fact]
    public async Task A_host_that_is_not_configured_for_it_stops_with_one_sentence()
    {
        await using (var strict = await PgBouncer.StartAsync())
        {
            (await EndAsync(strict, "None", "refused")).ShouldBe(Refused);
            (await EndAsync(strict, "Transaction", "lacking")).ShouldBe(Lacking);
        }

        await using var ignoring = await PgBouncer.StartAsync("ignore_startup_parameters = options");
        (await EndAsync(ignoring, "None", "ignored")).ShouldBe(Transaction);
    }

    [Fact]
    public async Task Hosts_that_are_configured_for_it_take_deliver_and_verify_OTPs()
    {
        await using var bouncer = await PgBouncer.StartAsync();
        await SetRoleAsync();
        var broker = await VirtualHosts.TakeAsync();
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        var settings = HostSettings.From(
            new() { Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Storage:Pooler"] = "Transaction" } },
            "pooled", bouncer.Through(_direct), broker, Guid.NewGuid(), key);
        try
        {
            await using var migration = new HostProcess(Repository.Host("Api"), settings, Path.Combine(_logs, "migrate.log"));
            (await migration.RunAsync("--migrate")).ShouldBe(0);
            await using var api = new HostProcess(Repository.Host("Api"), settings, Path.Combine(_logs, "api.log"));
            await using var workers = new HostProcess(Repository.Host("Workers"), settings, Path.Combine(_logs, "workers.log"));
            await Task.WhenAll(api.StartAsync(), workers.StartAsync());
            using var client = new Client(key, () => [api.Address]);

            await UseAsync(client);

            (await workers.StopAsync()).ShouldBe(0);
            (await api.StopAsync()).ShouldBe(0);
            string.Join('\n', File.ReadLines(api.LogFile).Concat(File.ReadLines(workers.LogFile))).ShouldNotContain("SQLSTATE");
        }
        finally
        {
            await VirtualHosts.LeaveAsync(broker);
        }
    }

    private static async Task UseAsync(Client client)
    {
        var sandbox = new Sandbox(client);
        var recipients = Enumerable.Range(0, Otps).Select(_ => Recipients.Next()).ToArray();
        var made = await Load.AtOnceAsync(Otps, i => client.RequestAsync(new { phoneNumber = recipients[i] }));
        made.ShouldAllBe(a => a.Status == 201);
        var pins = await Load.RunAsync(Otps, 16, i => sandbox.PinAsync(recipients[i]));

        var answers = await Load.AtOnceAsync(Otps * Guesses, i => client.VerifyAsync(made[i % Otps].OtpId, pins[i % Otps]));

        answers.Count(a => a.Status == 200).ShouldBe(Otps);
        answers.Where(a => a.Status != 200).ShouldAllBe(a => a.Code == 2023);
    }

    /// <summary>What a start prints that does not succeed.</summary>
    private async Task<string> EndAsync(PgBouncer bouncer, string pooler, string label)
    {
        var settings = HostSettings.From(
            new() { Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Storage:Pooler"] = pooler } },
            label, bouncer.Through(_direct), Servers.RabbitMq, Guid.NewGuid(), new string('k', 40));
        await using var host = new HostProcess(Repository.Host("Api"), settings, Path.Combine(_logs, $"{label}.log"));
        (await host.RunAsync("--urls=http://127.0.0.1:0")).ShouldBe(1);
        await Eventually.Until(() => Task.FromResult(File.Exists(host.LogFile)), "the sentence is in the log");
        return (await File.ReadAllTextAsync(host.LogFile)).Trim();
    }

    private async Task SetRoleAsync()
    {
        await using var database = new Database(_direct);
        foreach (var setting in RoleSettings)
        {
            await database.ExecuteAsync(
                $"ALTER ROLE {new NpgsqlConnectionStringBuilder(_direct).Username} IN DATABASE {_name} SET {setting}");
        }
    }
}
