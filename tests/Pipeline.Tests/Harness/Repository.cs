using System.Reflection;
using System.Text.Json;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>The checkout that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Metadata("SourceFolder"), ".."));

    /// <summary>Where the build leaves a project's assembly, below the project.</summary>
    public static string Output { get; } = Metadata("HostOutput");

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The assembly of a project, as the build leaves it.</summary>
    public static string Assembly(string project) => At("src", project, Output, $"OtpPipeline.{project}.dll");

    /// <summary>The assembly of a host that a test starts; ./test compiles it ahead.</summary>
    public static string Host(string project) =>
        Environment.GetEnvironmentVariable("OTP_TEST_HOSTS") is { Length: > 0 } ahead
            ? Path.Combine(ahead, project, $"OtpPipeline.{project}.dll")
            : Assembly(project);

    public static string Read(params string[] parts) => File.ReadAllText(At(parts));

    /// <summary>A YAML file with its anchors and merges resolved.</summary>
    public static async Task<JsonElement> YamlAsync(params string[] parts)
    {
        var python = Environment.GetEnvironmentVariable("OTP_TEST_PYTHON");
        Assert.SkipWhen(string.IsNullOrEmpty(python), "needs ./test, which installs python3-yaml");
        var json = await RunAsync(
            python!, Root, "-c", "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)", At(parts));
        return JsonDocument.Parse(json).RootElement;
    }

    /// <summary>What a program prints; the test fails with its output where the program does.</summary>
    public static async Task<string> RunAsync(string program, string folder, params string[] arguments)
    {
        var (code, output, errors) = await Programs.RunAsync(program, arguments, folder);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}:\n{output}\n{errors}");
        return output;
    }

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(a => string.Equals(a.Key, key, StringComparison.Ordinal)).Value!;
}
