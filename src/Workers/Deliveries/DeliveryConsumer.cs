using System.Collections.Frozen;
using System.Diagnostics;
using MassTransit;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Workers.Providers;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Deliveries;

/// <summary>
/// Claims a delivery, calls the provider and writes the outcome. The work command is a hint: a duplicate, late or needless command finds
/// nothing to claim. The consumer never retries; a further attempt is a separate row.
/// </summary>
public sealed partial class DeliveryConsumer(
    DeliveryClaims claims, ProviderCalls providers, DeliveryOutcomes outcomes, QueueLag lag, DatabaseCircuitBreaker database,
    DeliveryMetrics metrics, ILogger<DeliveryConsumer> logger)
    : IConsumer<OtpRequested>
{
    private static readonly FrozenSet<string> Known = Channels.All.Select(c => c.Text()).ToFrozenSet(StringComparer.Ordinal);

    public async Task Consume(ConsumeContext<OtpRequested> context)
    {
        var message = context.Message;

        // No token here and below: a cancelled claim could still take effect and hold the delivery until its lease ends.
        var outgoing = await database.RunAsync(() => claims.ClaimAsync(message.OtpId, message.Step, CancellationToken.None));
        if (outgoing is null)
        {
            metrics.Skipped(KnownChannel(message.Channel));
            return;
        }

        var delivery = outgoing.Delivery;
        metrics.Claimed(delivery);
        lag.Began(delivery.Channel);
        try
        {
            await SendAsync(outgoing);
        }
        finally
        {
            lag.Ended(delivery.Channel);
        }
    }

    private async Task SendAsync(OutgoingDelivery outgoing)
    {
        var delivery = outgoing.Delivery;
        var outcome = await providers.SendAsync(outgoing);
        var reported = new ReportedOutcome(delivery.OtpId, delivery.Id, delivery.LeaseId!.Value, outcome, Activity.Current?.Id)
        {
            ReceiptsFrom = outgoing.ReceiptUrl is null ? null : delivery.Provider,
        };
        if (!await database.RunAsync(() => outcomes.RecordAsync(reported, CancellationToken.None)))
        {
            metrics.TooLate(delivery);
            Log.TooLate(logger, delivery.Id, outcome.GetType().Name);
        }
    }

    /// <summary>Limits the metric to one series per channel, for any channel text in a message.</summary>
    private static string KnownChannel(string? text) => Known.TryGetValue(text ?? "", out var channel) ? channel : "other";

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "Delivery {DeliveryId}: its lease was over or its outcome written already when {Outcome} was to be written")]
        public static partial void TooLate(ILogger logger, Guid deliveryId, string outcome);
    }
}
