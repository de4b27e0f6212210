using OtpPipeline.Core.Deliveries;
using OtpPipeline.Hosting.Providers.Entries;

namespace OtpPipeline.Workers.Providers.Reservations;

/// <summary>The limits of one provider.</summary>
/// <param name="Provider">Its name.</param>
/// <param name="Concurrency">Concurrent messages in this process.</param>
/// <param name="MessagesPerSecond">Over all processes; null for no limit.</param>
/// <param name="BreakerFailures">Failures in a row that open its circuit breaker; null for no breaker.</param>
/// <param name="BreakerPause">For how long, the first time.</param>
/// <param name="Rests">Leaves it alone for as long as it asks; false where each recipient decides what the provider answers.</param>
public sealed record ProviderLimits(
    string Provider, int Concurrency = int.MaxValue, int? MessagesPerSecond = null, int? BreakerFailures = null,
    TimeSpan BreakerPause = default, bool Rests = true)
{
    /// <summary>No outcome of one message changes what happens to the next: tenants share the sandbox.</summary>
    public static ProviderLimits Sandbox { get; } = new(ProviderChoice.Sandbox, Rests: false);

    public static ProviderLimits From(string provider, ProviderEntryOptions entry) =>
        new(provider, entry.Concurrency, entry.MessagesPerSecond, entry.BreakerFailures, entry.BreakerPause);
}
