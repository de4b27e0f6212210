using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>One process of a host, from the build's output, with its log in a file.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(40);
    private readonly string project;
    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly Lock logLock = new();
    private Process? process;

    public HostProcess(string project, IReadOnlyDictionary<string, string> environment, string logFile)
    {
        this.project = project;
        this.environment = environment;
        LogFile = logFile;
        Address = new Uri($"http://127.0.0.1:{Servers.FreePort()}");
    }

    public Uri Address { get; }

    public string LogFile { get; }

    public bool IsRunning => process is { HasExited: false };

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
        await process!.WaitForExitAsync();
        return process.ExitCode;
    }

    public void Launch(params string[] arguments)
    {
        var folder = Folder(project);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, $"OtpPipeline.{project}.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        start.Environment["ASPNETCORE_URLS"] = Address.ToString();
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public async Task ReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
        await Eventually.Until(
            async () =>
            {
                if (!IsRunning)
                {
                    throw new InvalidOperationException($"{project} ended while starting:\n{string.Join('\n', File.ReadLines(LogFile).TakeLast(30))}");
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
            $"{project} at {Address} is ready",
            StartTime);
    }

    /// <summary>SIGKILL: it finishes nothing.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        RequestStop();
        using var patience = new CancellationTokenSource(StopTime);
        await process!.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    public void RequestStop() => _ = Kill(process!.Id, SigTerm);

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            await KillAsync();
        }

        process?.Dispose();
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

        lock (logLock)
        {
            File.AppendAllText(LogFile, line + "\n");
        }
    }
}
