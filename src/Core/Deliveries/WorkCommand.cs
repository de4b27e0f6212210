using OtpPipeline.Contracts;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Deliveries;

/// <summary>Creates work commands. What most deliveries have is left out of the message.</summary>
public static class WorkCommand
{
    public static OtpRequested From(Guid otpId, Channel channel, int step, string route, string tried) => new(
        otpId, channel.Text(), step, string.Equals(route, DeliveryRoute.Default, StringComparison.Ordinal) ? null : route,
        tried.Length == 0 ? null : tried);

    public static OtpRequested From(Delivery delivery) =>
        From(delivery.OtpId, delivery.Channel, delivery.Step, delivery.Route, delivery.Tried);
}
