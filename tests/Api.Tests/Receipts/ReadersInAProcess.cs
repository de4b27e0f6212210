using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Api.Tests.Receipts;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Receipts;

[assembly: HostingStartup(typeof(ReadersInAProcess))]

namespace OtpPipeline.Api.Tests.Receipts;

/// <summary>Gives an Api that runs as a process the readers of the tests.</summary>
internal sealed class ReadersInAProcess : IHostingStartup
{
    private const string Variable = "ASPNETCORE_HOSTINGSTARTUPASSEMBLIES";

    /// <summary>An Api with these readers, over the same database as the tests'.</summary>
    public static HostProcess Create(ApiHost host, string logFile)
    {
        var settings = new Dictionary<string, string?>(host.Configuration, StringComparer.Ordinal)
        {
            ["Api:PublicUrl"] = Gateway.PublicUrl,
            [Variable] = typeof(ReadersInAProcess).Assembly.GetName().Name,
        };
        var environment = settings.Where(s => s.Value is not null)
            .Select(s => KeyValuePair.Create(s.Key.Replace(":", "__", StringComparison.Ordinal), s.Value!));
        return new(Own("OtpPipeline.Api.dll"), environment, logFile)
        {
            // Of the tests, so that the process finds their assembly.
            Before =
            [
                "exec", "--depsfile", Own("OtpPipeline.Api.Tests.deps.json"), "--runtimeconfig",
                Own("OtpPipeline.Api.Tests.runtimeconfig.json"),
            ],
        };
    }

    /// <summary>Not in the process of the tests, where the framework finds this too.</summary>
    public void Configure(IWebHostBuilder builder)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not null)
        {
            builder.ConfigureServices(
                services => services.AddSingleton<IReceiptReader, SignedReader>().AddSingleton<IReceiptReader, UnsignedReader>());
        }
    }

    private static string Own(string file) => Path.Combine(AppContext.BaseDirectory, file);
}
