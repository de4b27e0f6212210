using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;

namespace OtpPipeline.Workers.Providers;

/// <summary>A sender on one or more channels.</summary>
public interface IOtpProvider
{
    /// <summary>What <c>Deliveries:Channels:&lt;channel&gt;:Provider</c> calls it.</summary>
    string Name { get; }

    /// <summary>
    /// One attempt, without retries of its own. It answers with what the provider said; what it throws is checked by
    /// <see cref="ProviderCalls"/>. The token ends at the channel's time-out.
    /// </summary>
    Task<SendOutcome> SendAsync(OutgoingDelivery delivery, CancellationToken cancellationToken);
}
