using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Npgsql;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>A PgBouncer in transaction mode in front of the shared PostgreSQL, with fewer connections than its clients.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly Process _process;

    private PgBouncer(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    private static string Program
    {
        get
        {
            var program = Environment.GetEnvironmentVariable("OTP_TEST_PGBOUNCER");
            Assert.SkipWhen(string.IsNullOrEmpty(program), "needs ./test, which installs PgBouncer");
            return program!;
        }
    }

    /// <param name="further">Further lines of its section [pgbouncer].</param>
    public static async Task<PgBouncer> StartAsync(params string[] further)
    {
        var program = Program;
        var server = new NpgsqlConnectionStringBuilder(Servers.Postgres);
        var port = FreePorts.Next();
        var file = Path.Combine(Servers.NewFolder("pgbouncer"), "pgbouncer.ini");
        string[] lines =
        [
            "[databases]", string.Create(CultureInfo.InvariantCulture, $"* = host={server.Host} port={server.Port} user={server.Username}"),
            "[pgbouncer]", "listen_addr = 127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"listen_port = {port}"),
            "unix_socket_dir =",
            "auth_type = any", "pool_mode = transaction", "default_pool_size = 4", "max_client_conn = 500", .. further,
        ];
        await File.WriteAllLinesAsync(file, lines);

        // It refuses to run as root.
        string[] user = string.Equals(Environment.UserName, "root", StringComparison.Ordinal) ? ["-u", "postgres"] : [];
        var process = Process.Start(
            new ProcessStartInfo(program, ["-q", .. user, file]) { UseShellExecute = false, RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var bouncer = new PgBouncer(process, port);
        await Eventually.Until(() => bouncer.AcceptsAsync(), "PgBouncer accepts connections");
        return bouncer;
    }

    /// <summary>The same database through it.</summary>
    public string Through(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Port = Port }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task<bool> AcceptsAsync()
    {
        Assert.False(_process.HasExited, "PgBouncer ended.");
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
