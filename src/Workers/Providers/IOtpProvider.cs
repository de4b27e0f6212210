using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;

namespace OtpPipeline.Workers.Providers;

/// <summary>Sends messages on one or more channels.</summary>
public interface IOtpProvider
{
    /// <summary>The name that <c>Deliveries:Channels:&lt;channel&gt;:Provider</c> refers to.</summary>
    string Name { get; }

    /// <summary>
    /// Makes one attempt without retries and returns the provider's outcome. <see cref="ProviderCalls"/> handles exceptions. The token is
    /// cancelled at the channel's time-out. The provider awaits the delivery's Moment, if there is one, right before the message goes out.
    /// </summary>
    Task<SendOutcome> SendAsync(OutgoingDelivery delivery, CancellationToken cancellationToken);
}
