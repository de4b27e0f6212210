namespace OtpPipeline.Api.Tests.Support;

/// <summary>The Api as an operator starts it: a process with environment variables.</summary>
internal static class ApiProcess
{
    public static Task<Programs.Ending> RunAsync(IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        Programs.RunAsync(
        "dotnet",
        [Path.Combine(AppContext.BaseDirectory, "OtpPipeline.Api.dll"), .. arguments],
        AppContext.BaseDirectory,
        environment.ToDictionary(e => e.Key.Replace(":", "__", StringComparison.Ordinal), e => e.Value, StringComparer.Ordinal));
}
