using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Deployment;

/// <summary>The checkout that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "SourceFolder").Value!, ".."));

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(At(parts));

    /// <summary>A YAML file with its anchors and merges resolved.</summary>
    public static async Task<JsonElement> YamlAsync(params string[] parts)
    {
        var python = Environment.GetEnvironmentVariable("OTP_TEST_PYTHON");
        Assert.SkipWhen(string.IsNullOrEmpty(python), "needs ./test, which installs python3-yaml");
        var json = await RunAsync(python!, Root, "-c", "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)", At(parts));
        return JsonDocument.Parse(json).RootElement;
    }

    /// <summary>What a program prints; the test fails with its output where the program does.</summary>
    public static async Task<string> RunAsync(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await output}\n{await errors}");
        return await output;
    }
}
