using System.Diagnostics;
using System.Globalization;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;

namespace OtpPipeline.Benchmarks.Running;

/// <summary>One process of a host, its log in a file.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int FirstPort = 35_000;
    private const int LastPort = 39_000;
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(40);
    private static int _lastPort = FirstPort + (Environment.ProcessId * 7 % (LastPort - FirstPort));
    private readonly Process _process;
    private readonly Task _log;

    private HostProcess(Process process, string logFile, Uri address)
    {
        _process = process;
        (LogFile, Address) = (logFile, address);
        _log = KeepLogAsync(process, logFile);
    }

    public Uri Address { get; }

    public int Id => _process.Id;

    private string LogFile { get; }

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(l => l.Port).ToHashSet();
        do
        {
            _lastPort = _lastPort >= LastPort ? FirstPort : _lastPort + 1;
        }
        while (taken.Contains(_lastPort));
        return _lastPort;
    }

    /// <summary>Starts an assembly and returns when /health/ready answers 200.</summary>
    public static async Task<HostProcess> StartAsync(
        string assembly, IEnumerable<KeyValuePair<string, string>> environment, string logFile, CancellationToken cancellationToken)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var host = new HostProcess(Launch(assembly, [], environment.Append(new("ASPNETCORE_URLS", address.ToString()))), logFile, address);
        await host.ReadyAsync(cancellationToken);
        return host;
    }

    /// <summary>Runs an assembly with an argument to its end.</summary>
    public static async Task RunAsync(string assembly, string argument, IEnumerable<KeyValuePair<string, string>> environment, string logFile)
    {
        await using var host = new HostProcess(Launch(assembly, [argument], environment), logFile, new("http://127.0.0.1/"));
        await host._process.WaitForExitAsync();
        await host._log;
        if (host._process.ExitCode != 0)
        {
            throw host.Failed($"{Path.GetFileName(assembly)} {argument} ended with {host._process.ExitCode}");
        }
    }

    /// <summary>An assembly with an argument of its own in place of the hosts' environment.</summary>
    public static async Task<HostProcess> StartAsync(string assembly, string verb, string logFile, CancellationToken cancellationToken)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var host = new HostProcess(Launch(assembly, [verb, address.ToString()], []), logFile, address);
        await host.ReadyAsync(cancellationToken);
        return host;
    }

    /// <summary>A memory figure of /proc/PID/status, such as VmHWM, in MB.</summary>
    public double Memory(string figure)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith(figure + ":", StringComparison.Ordinal));
        return double.Parse(line.Split(':', 2)[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, SigTerm);
            using var patience = new CancellationTokenSource(StopTime);
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _process.Kill(entireProcessTree: true);
        }

        await _log;
        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);

    private static Process Launch(string assembly, string[] arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(assembly),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task KeepLogAsync(Process process, string file)
    {
        await using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0, useAsync: true);
        await Task.WhenAll(process.StandardOutput.BaseStream.CopyToAsync(stream), process.StandardError.BaseStream.CopyToAsync(stream));
    }

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
        var watch = Stopwatch.StartNew();
        while (!await AnswersAsync(http, cancellationToken))
        {
            if (_process.HasExited || watch.Elapsed > StartTime)
            {
                throw Failed(_process.HasExited ? "A host ended while starting" : "A host is not ready after a minute");
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("health/ready", UriKind.Relative), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private BenchException Failed(string what) =>
        new($"{what}; the end of {LogFile}:\n{string.Join('\n', File.ReadLines(LogFile).TakeLast(20))}");
}
