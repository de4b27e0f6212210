using Npgsql;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>A server of a test's own, which it may stop and kill.</summary>
internal sealed class OwnServer : IAsyncDisposable
{
    private readonly string _kind;

    private OwnServer(string kind)
    {
        _kind = kind;
        Folder = Path.Combine(Servers.Data, $"{kind}-{Guid.NewGuid().ToString("N")[..8]}");
        Port = FreePorts.Next();
    }

    public string Folder { get; }

    public int Port { get; }

    public Uri AmqpUri => new($"amqp://guest:guest@127.0.0.1:{Port}/");

    public string ConnectionString =>
        new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = Port, Username = "otp", Database = "postgres" }.ConnectionString;

    public static async Task<OwnServer> StartPostgresAsync() => await new OwnServer("postgres").StartedAsync();

    /// <param name="cluster">A node that runs; the new one joins its cluster.</param>
    public static async Task<OwnServer> StartRabbitMqAsync(OwnServer? cluster = null) =>
        await new OwnServer("rabbitmq").StartedAsync(cluster is null ? [] : [cluster.Folder]);

    /// <summary>A command of rabbitmqctl; its output.</summary>
    public Task<string> ControlAsync(params string[] arguments) => Servers.RunAsync(["ctl", _kind, Folder, $"{Port}", .. arguments]);

    public Task StartAsync() => RunAsync("start");

    public Task StopAsync() => RunAsync("stop");

    /// <summary>SIGKILL to all its processes.</summary>
    public Task KillAsync() => RunAsync("kill");

    public async ValueTask DisposeAsync() => await RunAsync("remove");

    private async Task<OwnServer> StartedAsync(params string[] more)
    {
        await RunAsync("start", more);
        return this;
    }

    private Task RunAsync(string action, params string[] more) => Servers.RunAsync([action, _kind, Folder, $"{Port}", .. more]);
}
