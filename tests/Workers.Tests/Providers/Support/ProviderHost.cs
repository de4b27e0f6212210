using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Providers.Presets;
using OtpPipeline.Hosting.Providers.Receipts;
using OtpPipeline.Workers.Connections;
using OtpPipeline.Workers.Providers;
using OtpPipeline.Workers.Providers.Registration;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Tests.Providers.Support;

/// <summary>One configured provider, made from its keys as a host makes it.</summary>
internal sealed class ProviderHost : IAsyncDisposable
{
    public const string Name = "tested";
    private readonly ServiceProvider _services;
    private readonly CapturedLogs _logs = new();

    public ProviderHost(
        IReadOnlyDictionary<string, string?> keys, TimeSpan? timeout = null, ResolveName? resolve = null, TimeProvider? time = null)
    {
        var services = new ServiceCollection()
            .AddLogging(l => l.ClearProviders().AddProvider(_logs).SetMinimumLevel(LogLevel.Trace))
            .AddSingleton(time ?? TimeProvider.System).AddSingleton(resolve ?? Dns.GetHostAddresses).AddMetrics()
                .AddSingleton<DeliveryMetrics>()
            .AddOtpProviders(Configuration(keys));

        // The sandbox needs a store, which these tests do without.
        services.Remove(services.First(s => s.ServiceType == typeof(IOtpProvider)));
        services.Configure<DeliveryOptions>(o =>
        {
            foreach (var channel in ServedBy(keys.GetValueOrDefault("Type")))
            {
                o.Channels[channel] = new() { Provider = Name, Timeout = timeout ?? TimeSpan.FromSeconds(20) };
            }
        });
        _services = services.BuildServiceProvider();
    }

    public IEnumerable<IOtpProvider> Providers => _services.GetServices<IOtpProvider>();

    /// <summary>Every line that was logged.</summary>
    public IEnumerable<string> Logs => _logs.Lines.Select(l => $"{l.Level}: {l.Text}");

    /// <summary>The entry of these keys; one that begins with Api: belongs to no entry.</summary>
    public static IConfiguration Configuration(IReadOnlyDictionary<string, string?> keys) => new ConfigurationBuilder()
        .AddInMemoryCollection(
            keys.ToDictionary(k => k.Key.StartsWith("Api:", StringComparison.Ordinal) ? k.Key : $"Providers:{Name}:{k.Key}", k => k.Value))
        .Build();

    /// <summary>What the host says instead of starting; empty where it starts.</summary>
    public static IReadOnlyList<string> Refusals(IReadOnlyDictionary<string, string?> keys)
    {
        try
        {
            using var host = new ProviderHost(keys)._services;
            return host.GetRequiredService<IOptions<DeliveryOptions>>().Value.Channels.Count > 0 ? [] : ["no channel"];
        }
        catch (OptionsValidationException wrong)
        {
            return [.. wrong.Failures];
        }
    }

    /// <summary>What the Api says instead of starting; empty where it starts.</summary>
    public static IReadOnlyList<string> RefusalsOfTheApi(IReadOnlyDictionary<string, string?> keys)
    {
        try
        {
            new ServiceCollection().AddProviderReceipts(Configuration(keys));
            return [];
        }
        catch (OptionsValidationException wrong)
        {
            return [.. wrong.Failures];
        }
    }

    private static IEnumerable<string> ServedBy(string? type) =>
        type is "smtp" ? [Channel.Email.Text()]
        : PresetFiles.Find(type ?? "", out _)?.About.Channels is { Count: > 0 } channels ? channels
        : Channels.All.Select(c => c.Text());

    public Task<SendOutcome> SendAsync(OutgoingDelivery delivery) => _services.GetRequiredService<ProviderCalls>().SendAsync(delivery);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

/// <summary>Keys of a provider's entry.</summary>
internal static class Keys
{
    public static Dictionary<string, string?> With(
        this IReadOnlyDictionary<string, string?> keys, params (string Key, string? Value)[] more)
    {
        var all = new Dictionary<string, string?>(keys);
        foreach (var (key, value) in more)
        {
            all[key] = value;
        }

        return all;
    }
}
