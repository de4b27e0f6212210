using Xunit;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>Two workers with three providers a channel.</summary>
public sealed class FailingProviders : IAsyncLifetime
{
    internal RunningPipeline Pipeline { get; private set; } = null!;

    internal Gateways Sms { get; } = new();

    internal Gateways Whatsapp { get; } = new();

    internal Gateways Ussd { get; } = new();

    internal Gateways Call { get; } = new();

    private IEnumerable<Gateways> All => [Sms, Whatsapp, Ussd, Call];

    public async ValueTask InitializeAsync()
    {
        await Task.WhenAll(All.Select(g => g.StartAsync()));
        Ussd.Failing.Says(401);
        Pipeline = await RunningPipeline.StartAsync(new() { Workers = 2, Settings = Settings() });
    }

    public async ValueTask DisposeAsync()
    {
        await Pipeline.DisposeAsync();
        foreach (var gateways in All)
        {
            await gateways.DisposeAsync();
        }
    }

    private Dictionary<string, string> Settings()
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Deliveries:Lease"] = "00:00:10",
            ["Deliveries:Channels:whatsapp:UnknownPolicy"] = "AtMostOnce",
            ["Deliveries:Channels:call:Provider"] = "call-healthy",
            ["Providers:call-healthy:MessagesPerSecond"] = "50",
        };
        foreach (var channel in new[] { "email", "telegram", "call" })
        {
            settings[$"Deliveries:Channels:{channel}:Timeout"] = "00:00:05";
        }

        foreach (var (channel, gateways) in new[] { ("sms", Sms), ("whatsapp", Whatsapp), ("ussd", Ussd) })
        {
            settings[$"Deliveries:Channels:{channel}:Timeout"] = "00:00:03";
            settings[$"Deliveries:Channels:{channel}:Concurrency"] = "16";
            settings[$"Deliveries:Channels:{channel}:Routes:0:Name"] = "all";
            if (channel != "ussd")
            {
                settings[$"Deliveries:Channels:{channel}:Routes:0:Providers:0"] = $"{channel}-hanging";
            }

            settings[$"Deliveries:Channels:{channel}:Routes:0:Providers:1"] = $"{channel}-failing";
            settings[$"Deliveries:Channels:{channel}:Routes:0:Providers:2"] = $"{channel}-healthy";
            Describe(settings, $"{channel}-hanging", gateways.Hanging);
            Describe(settings, $"{channel}-failing", gateways.Failing);
            Describe(settings, $"{channel}-healthy", gateways.Healthy);
        }

        Describe(settings, "call-healthy", Call.Healthy);
        return settings;
    }

    private static void Describe(Dictionary<string, string> settings, string name, HttpReceiver gateway)
    {
        settings[$"Providers:{name}:Type"] = "http";
        settings[$"Providers:{name}:Url"] = gateway.Url;
        settings[$"Providers:{name}:Body:Format"] = "json";
        settings[$"Providers:{name}:Body:Template"] = """{"to":"{{recipient}}","text":"{{text}}"}""";
    }
}
