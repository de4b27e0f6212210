using System.Diagnostics;
using System.Net.NetworkInformation;
using Npgsql;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>The database server and the broker of ./test, and the script that starts more of them.</summary>
internal static class Servers
{
    private const string Reason = "needs ./test, which starts PostgreSQL and RabbitMQ";
    private static readonly Lock PortLock = new();
    private static readonly List<FileStream> Reservations = [];
    private static int _lastPort = Random.Shared.Next(20_000, 23_000);

    public static string Postgres => Get("OTP_TEST_POSTGRES");

    public static Uri RabbitMq => new(Get("OTP_TEST_RABBITMQ"));

    /// <summary>Where the servers of ./test lie, and where those of a test may.</summary>
    public static string Data => Get("OTP_TEST_DATA");

    /// <summary>rabbitmqctl against the shared broker, for a shell.</summary>
    public static string BrokerTool => $"bash '{Script}' ctl rabbitmq '{Path.Combine(Data, "rabbitmq")}' {RabbitMq.Port}";

    private static string Script => Get("OTP_TEST_SERVICES");

    /// <summary>A folder for what a test leaves behind.</summary>
    public static string NewFolder(string name)
    {
        var folder = Path.Combine(Data, $"{name}-{Guid.NewGuid().ToString("N")[..8]}");
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>A free port below those that outgoing connections take; no other test process gets it, even while the server behind it is down.</summary>
    public static int FreePort()
    {
        lock (PortLock)
        {
            var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(l => l.Port).ToHashSet();
            do
            {
                _lastPort++;
            }
            while (taken.Contains(_lastPort) || !TryReserve(_lastPort));
            return _lastPort;
        }
    }

    /// <summary>A virtual host of a fixture's own on the shared broker.</summary>
    public static async Task<Uri> NewVirtualHostAsync(string name)
    {
        // One start of the tool instead of two: it takes longer than what it does.
        const string All = "<<\".*\">>";
        await ControlBrokerAsync(
            "eval",
            $"ok = rabbit_vhost:add(<<\"{name}\">>, <<\"tests\">>), rabbit_auth_backend_internal:set_permissions(<<\"guest\">>, <<\"{name}\">>, {All}, {All}, {All}, <<\"tests\">>).");
        return new UriBuilder(RabbitMq) { Path = name }.Uri;
    }

    public static Task DropVirtualHostAsync(string name) => ControlBrokerAsync("delete_vhost", name);

    /// <summary>A command of rabbitmqctl against the shared broker; its output.</summary>
    public static Task<string> ControlAsync(params string[] arguments) => ControlBrokerAsync(arguments);

    /// <summary>The names of what there is in a virtual host of the shared broker: queues or exchanges.</summary>
    public static async Task<string[]> ListAsync(string virtualHost, string what) =>
        (await ControlBrokerAsync($"list_{what}", "--quiet", "--no-table-headers", "--vhost", virtualHost, "name"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The output of a command of scripts/services.sh; in the exception where it fails.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [Script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"services.sh {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output} {await errors}");
        }

        return await output;
    }

    /// <summary>The lock goes with the process, however that ends.</summary>
    private static bool TryReserve(int port)
    {
        var path = Path.Combine(Path.GetTempPath(), $"otp-test-port-{port}");
        try
        {
            Reservations.Add(new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static Task<string> ControlBrokerAsync(params string[] arguments) =>
        RunAsync(["ctl", "rabbitmq", Path.Combine(Data, "rabbitmq"), $"{RabbitMq.Port}", .. arguments]);

    private static string Get(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        Assert.SkipWhen(string.IsNullOrEmpty(value), Reason);
        return value!;
    }
}

/// <summary>A server of a test's own, which it may stop and kill.</summary>
internal sealed class OwnServer : IAsyncDisposable
{
    private readonly string _kind;

    private OwnServer(string kind)
    {
        _kind = kind;
        Folder = Path.Combine(Servers.Data, $"{kind}-{Guid.NewGuid().ToString("N")[..8]}");
        Port = Servers.FreePort();
    }

    public string Folder { get; }

    public int Port { get; }

    public Uri AmqpUri => new($"amqp://guest:guest@127.0.0.1:{Port}/");

    public string ConnectionString => new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = Port, Username = "otp", Database = "postgres" }.ConnectionString;

    public static async Task<OwnServer> StartPostgresAsync() => await new OwnServer("postgres").StartedAsync();

    public static async Task<OwnServer> StartRabbitMqAsync() => await new OwnServer("rabbitmq").StartedAsync();

    /// <summary>A command of rabbitmqctl; its output.</summary>
    public Task<string> ControlAsync(params string[] arguments) => Servers.RunAsync(["ctl", _kind, Folder, $"{Port}", .. arguments]);

    public Task StartAsync() => RunAsync("start");

    public Task StopAsync() => RunAsync("stop");

    /// <summary>SIGKILL to all its processes.</summary>
    public Task KillAsync() => RunAsync("kill");

    public async ValueTask DisposeAsync() => await RunAsync("remove");

    private async Task<OwnServer> StartedAsync()
    {
        await StartAsync();
        return this;
    }

    private Task RunAsync(string action) => Servers.RunAsync(action, _kind, Folder, $"{Port}");
}
