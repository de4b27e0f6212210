using System.Security.Cryptography;
using Npgsql;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>The whole pipeline on real servers: Api and Workers as processes, a database of its own, a virtual host of its own.</summary>
internal sealed class RunningPipeline : IAsyncDisposable
{
    private readonly Setup _setup;
    private readonly string _name = $"p{Guid.NewGuid():N}";
    private readonly List<HostProcess> _apis = [];
    private readonly List<HostProcess> _workers = [];
    private Uri _broker = null!;

    private RunningPipeline(Setup setup)
    {
        _setup = setup;
        Logs = Servers.NewFolder("logs");
        Key = setup.Settings.GetValueOrDefault("Applications:0:Keys:0:Key") ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        ApplicationId = setup.Settings.TryGetValue("Applications:0:Id", out var id) ? Guid.Parse(id) : Guid.NewGuid();
        Client = new Client(Key, () => [.. _apis.Where(a => a.IsRunning).Select(a => a.Address)]);
    }

    public string Key { get; }

    public Guid ApplicationId { get; }

    /// <summary>Folder with a log a process.</summary>
    public string Logs { get; }

    public Client Client { get; }

    public Sandbox Sandbox => new(Client);

    public Database Database { get; private set; } = null!;

    public Events Events { get; private set; } = null!;

    public Uri Broker => _broker;

    public IReadOnlyList<HostProcess> Apis => _apis;

    public IReadOnlyList<HostProcess> Workers => _workers;

    public OwnServer? Postgres { get; private set; }

    public OwnServer? RabbitMq { get; private set; }

    public static async Task<RunningPipeline> StartAsync(Setup? setup = null)
    {
        var pipeline = new RunningPipeline(setup ?? new());
        try
        {
            await pipeline.StartAllAsync();
            return pipeline;
        }
        catch
        {
            await pipeline.DisposeAsync();
            throw;
        }
    }

    /// <summary>What an operator does before the hosts of a release start; the exit code.</summary>
    public async Task<int> MigrateAsync()
    {
        await using var host = new HostProcess(Repository.Host("Api"), EnvironmentOf("migrate"), Path.Combine(Logs, "migrate.log"));
        return await host.RunAsync("--migrate");
    }

    /// <summary>One more worker, with settings of its own over the others.</summary>
    public async Task<HostProcess> StartWorkerAsync(string? setting = null, string? value = null)
    {
        var worker = NewHost(
            "Workers", _workers, setting is null ? null : new(setting.Replace(":", "__", StringComparison.Ordinal), value!));
        await worker.StartAsync();
        return worker;
    }

    /// <summary>Exactly one worker runs, for a test that comes after one that killed them.</summary>
    public async Task<HostProcess> WithOneWorkerAsync()
    {
        var running = _workers.Where(w => w.IsRunning).ToList();
        foreach (var surplus in running.Skip(1))
        {
            await surplus.StopAsync();
        }

        return running.FirstOrDefault() ?? await StartWorkerAsync();
    }

    /// <summary>A 201, or the test fails; its id and a recipient of its own.</summary>
    public async Task<(Guid OtpId, string Recipient)> WithRequestedOtpAsync(int maxAttempts = 5, int ttl = 300, string channel = "sms")
    {
        var recipient = Recipients.Next();
        return (await RequestAsync(new { channel, phoneNumber = recipient, maxAttempts, ttl }), recipient);
    }

    public async Task<Guid> RequestAsync(object body)
    {
        var answer = await Client.RequestAsync(body);
        Assert.True(answer.Status == 201, $"POST /otp answered {answer.Status}: {answer.Text}");
        return answer.OtpId;
    }

    /// <summary>The same many times over, side by side.</summary>
    public async Task<(Guid OtpId, string Recipient)[]> WithRequestedOtpsAsync(int count, int maxAttempts = 5, int ttl = 300) =>
        await Load.RunAsync(count, 128, _ => WithRequestedOtpAsync(maxAttempts, ttl));

    /// <summary>The newest delivery of an OTP reaches one of these statuses.</summary>
    public Task<DeliveryRow> UntilDeliveryAsync(Guid otpId, string status, int attempt = 1, TimeSpan? within = null) => Eventually.Get(
        async () =>
            (await Database.DeliveriesAsync(otpId))
                .Find(d => d.Attempt == attempt && string.Equals(d.Status, status, StringComparison.Ordinal)),
        $"attempt {attempt} of {otpId} is {status}",
        within);

    /// <summary>A delivery of each OTP is SENT.</summary>
    public Task UntilSentAsync(Guid[] otpIds) => Eventually.Until(
        async () => await Database.CountAsync("deliveries WHERE status = 'SENT' AND otp_id = ANY ($1)", otpIds) == otpIds.Length,
        "everything is sent",
        TimeSpan.FromMinutes(3));

    public Task<OtpRow> UntilStatusAsync(Guid otpId, string status, TimeSpan? within = null) => Eventually.Get(
        async () => await Database.OtpAsync(otpId) is var otp && string.Equals(otp.Status, status, StringComparison.Ordinal) ? otp : null,
        $"{otpId} is {status}",
        within);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_apis.Concat(_workers).Select(h => h.DisposeAsync().AsTask()));
        Client.Dispose();
        if (Events is not null)
        {
            await Events.DisposeAsync();
        }

        if (Database is not null)
        {
            await Database.DisposeAsync();
        }

        await DropAsync();
    }

    private async Task StartAllAsync()
    {
        await Task.WhenAll(PrepareDatabaseAsync(), PrepareBrokerAsync());
        Events = await Events.SubscribeAsync(_broker);
        await PrepareTablesAsync();
        for (var i = 0; i < _setup.Apis; i++)
        {
            NewHost("Api", _apis).Launch();
        }

        for (var i = 0; i < _setup.Workers; i++)
        {
            NewHost("Workers", _workers).Launch();
        }

        await Task.WhenAll(_apis.Concat(_workers).Select(h => h.ReadyAsync()));
    }

    private HostProcess NewHost(string project, List<HostProcess> hosts, KeyValuePair<string, string>? over = null)
    {
        var label = $"{project.ToLowerInvariant()}-{hosts.Count + 1}";
        var environment = EnvironmentOf(label);
        if (over is { } setting)
        {
            environment[setting.Key] = setting.Value;
        }

        if (_setup.ClockOffsets is { Count: > 0 } offsets)
        {
            FakeTime.Set(environment, offsets[hosts.Count % offsets.Count]);
        }

        var host = new HostProcess(
            Repository.Host(project), environment, Path.Combine(Logs, label + ".log")) { IsUnread = _setup.UnreadLogs };
        hosts.Add(host);
        return host;
    }

    private async Task PrepareDatabaseAsync()
    {
        Postgres = _setup.OwnDatabase ? await OwnServer.StartPostgresAsync() : null;
        var maintenance = Postgres?.ConnectionString ?? Servers.Postgres;
        await using (var server = new Database(maintenance))
        {
            var template = Postgres is null ? $" TEMPLATE {await MigratedDatabase.TemplateAsync()}" : "";
            await server.ExecuteAsync($"CREATE DATABASE {_name}{template}");
        }

        Database = new Database(new NpgsqlConnectionStringBuilder(maintenance) { Database = _name }.ConnectionString);
    }

    private async Task PrepareTablesAsync()
    {
        if (Postgres is null)
        {
            await Seeding.RunAsync(EnvironmentOf("seed"));
        }
        else
        {
            Assert.True(
                await MigrateAsync() == 0, "The migration failed:\n" + await File.ReadAllTextAsync(Path.Combine(Logs, "migrate.log")));
        }
    }

    private async Task PrepareBrokerAsync()
    {
        RabbitMq = _setup.OwnBroker ? await OwnServer.StartRabbitMqAsync() : null;
        _broker = _setup.Cluster?.First ?? RabbitMq?.AmqpUri ?? await VirtualHosts.TakeAsync();
    }

    private async Task DropAsync()
    {
        if (RabbitMq is not null)
        {
            await RabbitMq.DisposeAsync();
        }
        else if (_broker is not null && _setup.Cluster is null)
        {
            await VirtualHosts.LeaveAsync(_broker);
        }

        if (Postgres is not null)
        {
            await Postgres.DisposeAsync();
        }
        else if (Database is not null)
        {
            await using var server = new Database(Servers.Postgres);
            await server.ExecuteAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
        }
    }

    /// <summary>Queues and exchanges of the pipeline's virtual host, without the broker's own and the tests' subscriber.</summary>
    public async Task<List<string>> NamesAtTheBrokerAsync()
    {
        var name = VirtualHosts.NameOf(_broker);
        var lists = await Task.WhenAll(Servers.ListAsync(name, "queues"), Servers.ListAsync(name, "exchanges"));
        return [.. lists.SelectMany(l => l).Where(n => !n.StartsWith("amq.", StringComparison.Ordinal) && n != Events.Queue).Distinct()];
    }

    /// <summary>What a further host of this pipeline is given.</summary>
    public Dictionary<string, string> EnvironmentOf(string label) =>
        HostSettings.From(_setup, label, Database.ConnectionString, _broker, ApplicationId, Key);
}
