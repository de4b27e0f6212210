using OtpPipeline.Pipeline.Tests.Harness;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Documentation;

/// <summary>The pipeline that the pages speak of: the settings and the demo.env of ./run, made by its own script.</summary>
[CollectionDefinition(nameof(DocumentedPipeline))]
public sealed class DocumentedPipeline : ICollectionFixture<DocumentedPipeline>, IAsyncDisposable
{
    private Task<(RunningPipeline, string)>? _starting;

    /// <summary>The pipeline, and a folder in which .local/demo.env lies.</summary>
    internal Task<(RunningPipeline Pipeline, string Folder)> GetAsync() => _starting ??= StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_starting is { IsCompletedSuccessfully: true })
        {
            await (await _starting).Item1.DisposeAsync();
        }
    }

    private static async Task<(RunningPipeline, string)> StartAsync()
    {
        var folder = Servers.NewFolder("documented");
        var pipeline = await RunningPipeline.StartAsync(new() { Settings = await SettingsAsync(folder) });
        var url = pipeline.Apis[0].Address.ToString().TrimEnd('/');
        await ScriptAsync(folder, $"POSTGRES_PORT=0 API_URL={url} AMQP_URL={pipeline.Broker}", "write_demo_env");
        return (pipeline, folder);
    }

    private static async Task<Dictionary<string, string>> SettingsAsync(string folder)
    {
        var printed = await ScriptAsync(folder, "POSTGRES_PORT=0 AMQP_URL=none", @"printf '%s\n' ""${SETTINGS[@]}""");
        var settings = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=', 2))
            .ToDictionary(p => p[0].Replace("__", ":", StringComparison.Ordinal), p => p[1], StringComparer.Ordinal);
        settings.Remove("ConnectionStrings:Otp");
        settings.Remove("RabbitMq:Uri");
        // Those that a reader has; the tests' own are wider.
        settings["Applications:0:Settings:Limits:SendsPerHour"] = "5";
        settings["Applications:0:Settings:Limits:SendsPerDay"] = "10";
        settings["Applications:0:Settings:Limits:RequestsPerMinute"] = "6000";
        settings["Applications:0:Settings:ResendCooldown"] = "30";
        settings["Applications:0:Settings:MaxResends"] = "3";
        settings["Applications:0:Settings:ResendPolicyByRequest"] = "false";
        settings["Applications:0:CompatibleApis:Gupshup:Keys:0:Settings:attempt"] = "5";
        return settings;
    }

    /// <summary>A function of scripts/hosts.sh, with its secrets in a folder of the test's.</summary>
    private static Task<string> ScriptAsync(string folder, string variables, string command) => Repository.RunAsync(
        "bash",
        folder,
        "-euc",
        $"mkdir -p .local; PROJECT_ROOT=$PWD; . {Repository.At("scripts", "common.sh")}; . {Repository.At("scripts", "hosts.sh")}; {variables.Replace(' ', ';')}; host_settings; {command}");
}
