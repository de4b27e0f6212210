using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;

namespace OtpPipeline.Core.Deliveries;

/// <summary>Chooses the route of an OTP, and finds the providers and prices of a route.</summary>
public sealed class ProviderChoice
{
    /// <summary>The provider that sends nothing, and the route that leads to it alone.</summary>
    public const string Sandbox = "sandbox";

    private static readonly DeliveryRoute ToSandbox = DeliveryRoute.Of(Sandbox, Sandbox);
    private readonly DeliveryOptions _options;
    private readonly bool _sandbox;
    private readonly bool _testsOnly;
    private readonly FrozenDictionary<Channel, DeliveryRoute[]> _routes;
    private readonly FrozenDictionary<string, FrozenDictionary<string, decimal>> _prices;

    public ProviderChoice(IOptions<DeliveryOptions> deliveries, IOptions<SandboxOptions> sandbox)
    {
        _options = deliveries.Value;
        _sandbox = sandbox.Value.Enabled;
        _testsOnly = sandbox.Value.TestKeysOnly;
        _routes = Channels.All.ToFrozenDictionary(c => c, RoutesOf);
        _prices = _options.Prices.ToFrozenDictionary(
            p => p.Key, p => p.Value.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase), StringComparer.Ordinal);
    }

    /// <summary>Whether any delivery costs something.</summary>
    public bool HasPrices => _prices.Count > 0 || _options.Channels.Values.Any(c => c.Prices.Count > 0);

    /// <summary>The routes of a channel, in the order in which they are tried.</summary>
    public IReadOnlyList<DeliveryRoute> All(Channel channel) => _routes[channel];

    /// <summary>The first route that fits, or for a test OTP the sandbox's; null where none does.</summary>
    public DeliveryRoute? For(Channel channel, Recipient recipient, Guid applicationId, string? locale, bool isTest = false) =>
        !isTest ? Array.Find(_routes[channel], r => r.Fits(recipient, applicationId, locale))
        : _sandbox ? ToSandbox
        : null;

    /// <summary>The route of this name; the channel's last one where it was renamed or removed since; null without any.</summary>
    public DeliveryRoute? Named(Channel channel, string name) =>
        _sandbox && string.Equals(name, Sandbox, StringComparison.Ordinal)
            ? ToSandbox
            : Array.Find(_routes[channel], r => string.Equals(r.Name, name, StringComparison.Ordinal))
                ?? _routes[channel].LastOrDefault();

    /// <summary>Price of one part through a provider; its own, or that of the channel.</summary>
    public decimal PriceOf(Channel channel, string provider, string? country) =>
        _prices.TryGetValue(provider, out var own)
            && ((country is not null && own.TryGetValue(country, out var price)) || own.TryGetValue("*", out price))
            ? price
            : _options.From(channel).PriceTo(country);

    /// <summary>The highest price of one part through any provider of the route.</summary>
    public decimal HighestPrice(Channel channel, DeliveryRoute route, string? country) => route.Providers.Max(p => PriceOf(channel, p, country));

    private DeliveryRoute[] RoutesOf(Channel channel)
    {
        var options = _options.From(channel);
        return options.Routes.Count > 0 ? [.. options.Routes.Select(r => new DeliveryRoute(r))]
            : options.Provider is { } provider ? [DeliveryRoute.Of(DeliveryRoute.Default, provider)]
            : _sandbox && !_testsOnly ? [DeliveryRoute.Of(DeliveryRoute.Default, Sandbox)]
            : [];
    }
}
