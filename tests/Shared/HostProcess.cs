using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace OtpPipeline.Tests.Shared;

/// <summary>One process of a host, its log in a file.</summary>
/// <param name="assembly">What dotnet runs, in its own folder.</param>
/// <param name="environment">Over the tests' own.</param>
/// <param name="logFile">Gets what the process prints, behind what it holds already.</param>
internal sealed class HostProcess(string assembly, IEnumerable<KeyValuePair<string, string>> environment, string logFile) : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private Process? _process;
    private bool _stopRequested;
    private Task _log = Task.CompletedTask;

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePorts.Next()}");

    public string LogFile => logFile;

    /// <summary>Nobody reads what it prints, so that the pipe is full after 64 KB.</summary>
    public bool IsUnread { get; init; }

    /// <summary>What dotnet is told before the assembly.</summary>
    public IReadOnlyList<string> Before { get; init; } = [];

    public bool IsRunning => _process is { HasExited: false };

    public int Id => _process!.Id;

    /// <summary>Starts it and returns when it is ready.</summary>
    public async Task StartAsync()
    {
        Launch();
        await ReadyAsync();
    }

    /// <summary>Starts it and returns its exit code.</summary>
    public async Task<int> RunAsync(string argument)
    {
        Launch(argument);
        await _process!.WaitForExitAsync();
        await _log;
        return _process.ExitCode;
    }

    public void Launch(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [.. Before, assembly, .. arguments])
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

        start.Environment["ASPNETCORE_URLS"] = Address.ToString();
        _process = Process.Start(start)!;
        _stopRequested = false;
        _log = KeepLogAsync(_process);
    }

    /// <summary>Returns when /health/ready answers 200.</summary>
    public async Task ReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
        var watch = Stopwatch.StartNew();
        while (!await AnswersAsync(http))
        {
            if (!IsRunning || watch.Elapsed > StartTime)
            {
                throw await FailedAsync();
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>SIGKILL: it finishes nothing.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        await _log;
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        RequestStop();
        using var patience = new CancellationTokenSource(StopTime);
        await _process!.WaitForExitAsync(patience.Token);
        await _log;
        return _process.ExitCode;
    }

    /// <summary>SIGSTOP: it does nothing, and its connections stay.</summary>
    public void Freeze() => _ = Kill(_process!.Id, SigStop);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => _ = Kill(_process!.Id, SigCont);

    /// <summary>SIGTERM, once: a second one that comes after the host's last step would kill it.</summary>
    public void RequestStop()
    {
        if (!_stopRequested)
        {
            _stopRequested = true;
            _ = Kill(_process!.Id, SigTerm);
        }
    }

    /// <summary>A memory figure of /proc/PID/status, such as VmHWM, in MB.</summary>
    public double Memory(string figure)
    {
        var line = File.ReadLines($"/proc/{Id}/status").First(l => l.StartsWith(figure + ":", StringComparison.Ordinal));
        return double.Parse(line.Split(':', 2)[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            await KillAsync();
        }

        _process?.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);

    private async Task KeepLogAsync(Process process)
    {
        await using var file = new FileStream(
            LogFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0, useAsync: true);
        var printed = IsUnread ? Task.CompletedTask : process.StandardOutput.BaseStream.CopyToAsync(file);
        await Task.WhenAll(printed, process.StandardError.BaseStream.CopyToAsync(file));
    }

    private static async Task<bool> AnswersAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("health/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private async Task<HostFailedException> FailedAsync()
    {
        var what = IsRunning ? $"is not ready after {StartTime.TotalSeconds:0} s" : "ended while starting";
        if (!IsRunning)
        {
            await _log;
        }

        return new(
            $"{Path.GetFileName(assembly)} {what}; the end of {LogFile}:\n{string.Join('\n', File.ReadLines(LogFile).TakeLast(30))}");
    }
}

/// <summary>A host did not start.</summary>
internal sealed class HostFailedException(string message) : Exception(message);
