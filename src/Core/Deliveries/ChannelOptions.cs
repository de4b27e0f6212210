using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Core.Deliveries;

/// <summary>Options of one channel.</summary>
public sealed class ChannelOptions
{
    internal static readonly ChannelOptions Default = new();

    /// <summary>Name of the only provider, instead of <see cref="Routes"/>; null for the sandbox.</summary>
    public string? Provider { get; set; }

    /// <summary>Routes; the first that fits an OTP takes it.</summary>
    public IList<DeliveryRouteOptions> Routes { get; init; } = [];

    /// <summary>Concurrent deliveries in each worker process. 1 to 1000; default 64.</summary>
    [Range(1, 1000)]
    public int Concurrency { get; set; } = 64;

    /// <summary>Work commands that the broker prefetches to each worker process. 1 to 5000; default 128.</summary>
    /// <remarks>An OTP of one that finds no place within five seconds, or while none gets free for a second, goes back.</remarks>
    [Range(1, 5000)]
    public int Prefetch { get; set; } = 128;

    /// <summary>Time-out of a provider's answer; after it the delivery is UNKNOWN. 100 ms to 5 minutes; default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether to repeat a delivery whose answer is lost.</summary>
    public UnknownPolicy UnknownPolicy { get; set; } = UnknownPolicy.AtLeastOnce;

    /// <summary>
    /// Price of one part by country (ISO 3166-1 alpha-2), "*" for all others, of providers without an own price; 0 without an entry.
    /// </summary>
    public IDictionary<string, decimal> Prices { get; init; } = new Dictionary<string, decimal>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Price of one part to this country.</summary>
    public decimal PriceTo(string? country) =>
        country is not null && Prices.TryGetValue(country, out var price) || Prices.TryGetValue("*", out price) ? price : 0m;
}

/// <summary>What to do with a delivery whose answer is lost.</summary>
public enum UnknownPolicy
{
    /// <summary>Send again: the recipient may get the PIN twice.</summary>
    AtLeastOnce,

    /// <summary>Do not send again: the recipient may get nothing.</summary>
    AtMostOnce,
}
