using Xunit;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>
/// What a run measured: rows for the table in docs/measurements.md, in the test's output and in figures.md beside the results.
/// </summary>
internal static class Figures
{
    private static readonly Lock FileLock = new();

    public static void Print(string what, string value)
    {
        var row = $"| {what} | {value} |";
        TestContext.Current.TestOutputHelper?.WriteLine(row);
        TestContext.Current.SendDiagnosticMessage(row);
        if (Environment.GetEnvironmentVariable("OTP_TEST_SERVICES") is { Length: > 0 } script)
        {
            var folder = Path.Combine(Path.GetDirectoryName(script)!, "..", ".local", "results");
            lock (FileLock)
            {
                Directory.CreateDirectory(folder);
                File.AppendAllText(Path.Combine(folder, "figures.md"), row + "\n");
            }
        }
    }
}
