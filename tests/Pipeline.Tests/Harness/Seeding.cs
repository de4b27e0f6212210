using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OtpPipeline.Core;
using OtpPipeline.Core.Applications.Seeding;
using OtpPipeline.Hosting;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>Adds the configured applications to a migrated database, as --migrate does, without a process of its own.</summary>
internal static class Seeding
{
    /// <param name="environment">A host's environment.</param>
    public static async Task RunAsync(IReadOnlyDictionary<string, string> environment)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(
            environment.Select(e => KeyValuePair.Create(e.Key.Replace("__", ":", StringComparison.Ordinal), (string?)e.Value)));
        builder.AddOtpStorage();
        builder.Services.AddOtpCore();
        using var host = builder.Build();
        await host.Services.GetRequiredService<ApplicationSeeding>().SeedAsync(CancellationToken.None);
    }
}
