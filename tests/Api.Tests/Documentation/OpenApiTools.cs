using System.Diagnostics;

namespace OtpPipeline.Api.Tests.Documentation;

/// <summary>The tools of npm that read OpenAPI documents, in the folder that OTP_TEST_OPENAPI_TOOLS names.</summary>
internal static class OpenApiTools
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("OTP_TEST_OPENAPI_TOOLS");

    public static void SkipWithout() =>
        Assert.SkipUnless(Directory.Exists(Folder), "needs ./test, which installs the packages of OTP_TEST_OPENAPI_TOOLS");

    /// <summary>A new folder, in which node finds the packages.</summary>
    public static string NewFolder(string name)
    {
        var folder = Directory.CreateTempSubdirectory($"otp-{name}-").FullName;
        Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Path.Combine(Folder!, "node_modules"));
        return folder;
    }

    /// <summary>Runs a program of a package, such as .bin/tsc, or a script of the folder.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string folder, string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["REDOCLY_TELEMETRY"] = "off", ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true", ["NO_COLOR"] = "1" },
        };
        using var node = Process.Start(start)!;
        var errors = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (node.ExitCode, node.ExitCode == 0 ? output : output + await errors);
    }
}
