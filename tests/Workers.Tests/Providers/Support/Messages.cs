using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Workers.Tests.Providers.Support;

/// <summary>Deliveries as a claim hands them to a provider.</summary>
internal static class Messages
{
    /// <summary>What is hard to write in one format or another.</summary>
    public const string Hostile = "Code \"4711\" isn't <b>5%25</b> & more; \\ back, ünïcode, 😀 = +1 {x} [y]]>\r\n.\n\ttail";

    public static OutgoingDelivery To(
        string recipient, Channel channel = Channel.Sms, string text = "Your code is 4711", string pin = "4711", string from = "Tests",
        string? name = null, int attempt = 1, Guid? id = null)
    {
        var delivery = new Delivery
        {
            Id = id ?? Guid.CreateVersion7(),
            OtpId = Guid.CreateVersion7(),
            Channel = channel,
            Route = "default",
            Provider = "tested",
            Step = 1,
            Attempt = attempt,
        };
        var details = new OtpDetails(recipient, from, "{{pin}}", null, name, null);
        return new(
            delivery, Guid.CreateVersion7(), [], channel.TakesPhoneNumber() ? "FR" : null, details, new Pin(pin), text, DateTime.MaxValue);
    }
}
