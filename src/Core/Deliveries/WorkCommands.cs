using OtpPipeline.Contracts;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Deliveries;

/// <summary>Collects the work commands of one transaction: a message names several OTPs of one channel.</summary>
/// <remarks>What most deliveries have is left out of the message. Not thread-safe.</remarks>
public sealed class WorkCommands(DeliveryOptions options)
{
    // Our own queues take bodies up to 64 KB. A name in JSON has at most six bytes a character.
    private const int MostBytes = 32 * 1024;
    private const int BytesOfOne = 200;
    private const int BytesOfCharacter = 6;

    private readonly List<(Channel Channel, FurtherOtp Otp)> _otps = [];

    public void Add(Guid otpId, Channel channel, int step, string route, string tried, string? traceParent) => _otps.Add((channel, new(
        otpId, step, string.Equals(route, DeliveryRoute.Default, StringComparison.Ordinal) ? null : route, tried.Length == 0 ? null : tried,
        traceParent)));

    public void Add(Delivery delivery, string? traceParent) =>
        Add(delivery.OtpId, delivery.Channel, delivery.Step, delivery.Route, delivery.Tried, traceParent);

    /// <summary>Adds the messages: as few of each channel as its <see cref="DeliveryOptions.MessageSize"/> allows, of even length.</summary>
    public void PublishTo(OutboxBatch outgoing)
    {
        foreach (var channel in _otps.GroupBy(o => o.Channel, o => o.Otp))
        {
            var otps = channel.ToList();
            var messages = DivideUp(otps.Count, options.MessageSize(channel.Key));
            foreach (var message in Split(otps, DivideUp(otps.Count, messages)))
            {
                var first = message[0];
                outgoing.Publish(
                    new OtpRequested(
                        first.OtpId, channel.Key.Text(), first.Step, first.Route, first.Tried, message.Count == 1 ? null : message[1..]),
                    channel.Key.Text(), traceParent: first.TraceParent, correlationId: first.OtpId);
            }
        }
    }

    private static IEnumerable<List<FurtherOtp>> Split(List<FurtherOtp> otps, int most)
    {
        var message = new List<FurtherOtp>(most);
        var bytes = 0;
        foreach (var otp in otps)
        {
            var its = BytesOfOne + (BytesOfCharacter * ((otp.Route?.Length ?? 0) + (otp.Tried?.Length ?? 0)));
            if (message.Count == most || (message.Count > 0 && bytes + its > MostBytes))
            {
                yield return message;
                message = new(most);
                bytes = 0;
            }

            message.Add(otp);
            bytes += its;
        }

        yield return message;
    }

    private static int DivideUp(int count, int by) => (count + by - 1) / by;
}
