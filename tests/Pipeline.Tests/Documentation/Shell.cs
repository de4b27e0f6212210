using System.Diagnostics;
using System.Text;

namespace OtpPipeline.Pipeline.Tests.Documentation;

/// <summary>One bash that runs the commands of a page in their order, as a reader would.</summary>
internal sealed class Shell : IAsyncDisposable
{
    private const string Mark = "--end-of-command--";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _bash;

    public Shell(string folder)
    {
        // Nothing of the tests' own environment may stand for what a page forgot to set.
        var start = new ProcessStartInfo("bash", ["--noprofile", "--norc"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("OTP_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        _bash = Process.Start(start)!;
        _bash.StandardInput.WriteLine("exec 2>&1; set -o pipefail -u");
    }

    /// <summary>Its output and its exit code.</summary>
    public async Task<(string Output, int Status)> RunAsync(string command)
    {
        await _bash.StandardInput.WriteLineAsync($"{command}\nprintf '\\n{Mark} %s\\n' $?");
        await _bash.StandardInput.FlushAsync();
        var output = new StringBuilder();
        using var patience = new CancellationTokenSource(Patience);
        while (await _bash.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith(Mark, StringComparison.Ordinal))
            {
                return (output.ToString().Trim('\n'), int.Parse(line[Mark.Length..], System.Globalization.CultureInfo.InvariantCulture));
            }

            output.Append(line).Append('\n');
        }

        throw new InvalidOperationException($"The shell ended at '{command}': {output}");
    }

    public async ValueTask DisposeAsync()
    {
        _bash.StandardInput.Close();
        if (!_bash.HasExited)
        {
            _bash.Kill(entireProcessTree: true);
        }

        await _bash.WaitForExitAsync();
        _bash.Dispose();
    }
}
