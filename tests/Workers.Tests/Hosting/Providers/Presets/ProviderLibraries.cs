using System.Text.Json;
using System.Text.Json.Nodes;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>The providers' own libraries for Node, run by libraries/run.cjs.</summary>
internal static class ProviderLibraries
{
    public static bool AreThere => Directory.Exists(Path.Combine(Folder ?? "", "node_modules"));

    private static string? Folder => Environment.GetEnvironmentVariable("OTP_TEST_PROVIDER_LIBRARIES");

    public static void Require() => Assert.SkipUnless(
        AreThere,
        "needs ./test, which installs the providers' libraries for OTP_TEST_PROVIDER_LIBRARIES");

    public static string Script(string name) => Path.Combine(Folder!, name);

    public static async Task<JsonNode> RunAsync(string what, object input)
    {
        var ended = await Programs.RunAsync("node", [Script("run.cjs"), what], Folder, input: JsonSerializer.Serialize(input));
        ended.ExitCode.ShouldBe(0, ended.Errors);
        return JsonNode.Parse(ended.Output)!;
    }
}
