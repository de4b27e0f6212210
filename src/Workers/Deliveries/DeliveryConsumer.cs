using System.Collections.Frozen;
using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.Options;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Workers.Providers;
using OtpPipeline.Workers.Providers.Reservations;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Deliveries;

/// <summary>
/// Reserves a place at a provider, claims a delivery, calls the provider and writes the outcome. The work command is a hint: a duplicate,
/// late, stale or needless command finds nothing to claim. The consumer never retries; a further attempt is a separate row.
/// </summary>
public sealed partial class DeliveryConsumer(
    ProviderChoice routes, ProviderReservations reservations, DeliveryClaims claims, ProviderCalls providers, DeliveryOutcomes outcomes,
    QueueLag lag, DatabaseCircuitBreaker database, IOptions<DeliveryOptions> options, DeliveryMetrics metrics,
    ILogger<DeliveryConsumer> logger)
    : IConsumer<OtpRequested>
{
    private static readonly FrozenSet<string> Known = Channels.All.Select(c => c.Text()).ToFrozenSet(StringComparer.Ordinal);

    public async Task Consume(ConsumeContext<OtpRequested> context)
    {
        var message = context.Message;
        if (!EnumText<Channel>.TryParse(message.Channel ?? "", out var channel))
        {
            metrics.Skipped(KnownChannel(message.Channel));
            return;
        }

        var hint = new DeliveryHint(message.OtpId, channel, message.Step, message.Route ?? DeliveryRoute.Default, message.Tried ?? "");

        // A host with another configuration queued it: a route of that name may exist in another host, or no longer.
        var route = routes.Named(channel, hint.Route) ?? DeliveryRoute.Of(hint.Route, hint.Route);

        // No token here and below: a cancelled claim could still take effect and hold the delivery until its lease ends.
        var places = options.Value.From(channel).Concurrency;
        var reservation = await database.RunAsync(() => reservations.ReserveAsync(route, hint.Tried, places).AsTask());
        if (reservation.Place is not { } place)
        {
            metrics.Postponed(KnownChannel(message.Channel));
            await database.RunAsync(() => claims.PostponeAsync(new(hint, reservation.Wait, Activity.Current?.Id), CancellationToken.None));
            return;
        }

        using (place)
        {
            await DeliverAsync(hint, route, place);
        }
    }

    private async Task DeliverAsync(DeliveryHint hint, DeliveryRoute route, ProviderPlace place)
    {
        var outgoing = await database.RunAsync(() => claims.ClaimAsync(hint, place.Provider, CancellationToken.None));
        if (outgoing is null)
        {
            metrics.Skipped(hint.Channel.Text());
            return;
        }

        var delivery = outgoing.Delivery;
        metrics.Claimed(delivery);
        lag.Began(delivery.Channel);
        try
        {
            var lease = outgoing.Lease;
            await place.WaitAsync(lease, CancellationToken.None);
            await SendAsync(place.HasMoment ? outgoing with { Moment = token => place.WaitAsync(lease, token) } : outgoing, route, place);
        }
        finally
        {
            lag.Ended(delivery.Channel);
        }
    }

    private async Task SendAsync(OutgoingDelivery outgoing, DeliveryRoute route, ProviderPlace place)
    {
        var delivery = outgoing.Delivery;
        var outcome = await providers.SendAsync(outgoing);
        place.Report(outcome);
        var reported = new ReportedOutcome(
            delivery.OtpId, outgoing.ApplicationId, delivery.Id, delivery.LeaseId!.Value, outcome, Activity.Current?.Id,
            outcome is SendOutcome.Accepted ? null : reservations.Unusable(route))
        {
            ReceiptsFrom = outgoing.ReceiptUrl is null ? null : delivery.Provider,
        };

        // The next message may use the place while this outcome is written.
        place.Dispose();
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
