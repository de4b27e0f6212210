using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace OtpPipeline.Tests.Shared;

/// <summary>Kannel's own programs on ports of 127.0.0.1: bearerbox, smsbox, and its fake message centre.</summary>
internal sealed class KannelGateway : IAsyncDisposable
{
    public const string Username = "otp";
    public const string Password = "p&ss word";

    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/usr/lib/kannel/test", "/usr/lib/kannel"];
    private readonly List<Process> _processes = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("otp-kannel-").FullName;
    private readonly int _sendSms = FreePorts.Next();

    public string SendSmsUrl => $"http://127.0.0.1:{_sendSms}/cgi-bin/sendsms";

    /// <summary>What the message centre printed.</summary>
    public ConcurrentQueue<string> Centre { get; } = new();

    public static bool IsInstalled => Program("bearerbox") is not null && Program("smsbox") is not null && Program("fakesmsc") is not null;

    public static async Task<KannelGateway> StartAsync()
    {
        var gateway = new KannelGateway();
        try
        {
            await gateway.RunAsync();
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }

        return gateway;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task RunAsync()
    {
        var (admin, box, centre) = (FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        var configuration = Path.Combine(_folder, "kannel.conf");
        await File.WriteAllTextAsync(
            configuration,
            $"""
            group = core
            admin-port = {admin}
            admin-password = test
            admin-interface = 127.0.0.1
            smsbox-port = {box}
            smsbox-interface = 127.0.0.1
            box-allow-ip = "127.0.0.1"
            dlr-storage = internal

            group = smsc
            smsc = fake
            smsc-id = centre
            port = {centre}
            connect-allow-ip = 127.0.0.1

            group = smsbox
            bearerbox-host = 127.0.0.1
            sendsms-port = {_sendSms}
            sendsms-interface = 127.0.0.1

            group = sendsms-user
            username = {Username}
            password = "{Password}"
            max-messages = 3
            concatenation = true

            """);
        Start("bearerbox", configuration);
        await ListensAsync(admin);
        await ListensAsync(box);
        Start("fakesmsc", "-H", "127.0.0.1", "-r", $"{centre}", "-i", "0.01", "-m", "0", "1 2 text nothing");
        Start("smsbox", configuration);
        await ListensAsync(_sendSms);
    }

    private void Start(string program, params string[] arguments)
    {
        var process = new Process
        {
            StartInfo = new(Program(program)!, arguments)
            {
                WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            },
        };
        void Keep(string? line)
        {
            if (line is not null && program is "fakesmsc")
            {
                Centre.Enqueue(line);
            }
        }

        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    private static Task ListensAsync(int port) => Eventually.Until(
        async () =>
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync("127.0.0.1", port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        },
        $"Kannel listens at {port}");

    private static string? Program(string name) => Folders.Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);
}
