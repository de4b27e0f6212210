using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Workers.Deliveries;

/// <summary>The places of each channel in this process.</summary>
public sealed class DeliveryPlaces
{
    private readonly Dictionary<Channel, ChannelPlaces> _channels;

    public DeliveryPlaces(IOptions<DeliveryOptions> options, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        _channels = Channels.All.ToDictionary(c => c, c => new ChannelPlaces(options.Value.From(c).Concurrency, time));
        lifetime.ApplicationStopping.Register(() =>
        {
            foreach (var places in _channels.Values)
            {
                places.Stop();
            }
        });
    }

    public ChannelPlaces From(Channel channel) => _channels[channel];
}
