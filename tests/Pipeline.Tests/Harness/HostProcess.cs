using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>One process of a host, from the build's output, with its log in a file.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(40);
    private readonly string _project;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly Lock _logLock = new();
    private Process? _process;

    public HostProcess(string project, IReadOnlyDictionary<string, string> environment, string logFile)
    {
        _project = project;
        _environment = environment;
        LogFile = logFile;
        Address = new Uri($"http://127.0.0.1:{Servers.FreePort()}");
    }

    public Uri Address { get; }

    public string LogFile { get; }

    /// <summary>Nobody reads what it prints, so that the pipe is full after 64 KB.</summary>
    public bool IsUnread { get; init; }

    public bool IsRunning => _process is { HasExited: false };

    private static string Folder(string project)
    {
        var metadata = typeof(HostProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(a => a.Key, a => a.Value!, StringComparer.Ordinal);
        return Path.GetFullPath(Path.Combine(metadata["SourceFolder"], project, metadata["HostOutput"]));
    }

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
        return _process.ExitCode;
    }

    public void Launch(params string[] arguments)
    {
        var folder = Folder(_project);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, $"OtpPipeline.{_project}.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (key, value) in _environment)
        {
            start.Environment[key] = value;
        }

        start.Environment["ASPNETCORE_URLS"] = Address.ToString();
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        if (!IsUnread)
        {
            _process.BeginOutputReadLine();
        }

        _process.BeginErrorReadLine();
    }

    public async Task ReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
        await Eventually.Until(
            async () =>
            {
                if (!IsRunning)
                {
                    throw new InvalidOperationException($"{_project} ended while starting:\n{string.Join('\n', File.ReadLines(LogFile).TakeLast(30))}");
                }

                try
                {
                    using var answer = await http.GetAsync(new Uri("health/ready", UriKind.Relative));
                    return answer.IsSuccessStatusCode;
                }
                catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
                {
                    return false;
                }
            },
            $"{_project} at {Address} is ready",
            StartTime);
    }

    /// <summary>SIGKILL: it finishes nothing.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        RequestStop();
        using var patience = new CancellationTokenSource(StopTime);
        await _process!.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>SIGSTOP: it does nothing, and its connections stay.</summary>
    public void Freeze() => _ = Kill(_process!.Id, SigStop);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => _ = Kill(_process!.Id, SigCont);

    public void RequestStop() => _ = Kill(_process!.Id, SigTerm);

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

    private void Append(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_logLock)
        {
            File.AppendAllText(LogFile, line + "\n");
        }
    }
}
