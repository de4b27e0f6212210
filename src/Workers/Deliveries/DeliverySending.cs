using System.Diagnostics;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Workers.Providers;
using OtpPipeline.Workers.Providers.Reservations;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Deliveries;

/// <summary>Reserves places at providers, claims the deliveries, calls the providers and writes the outcomes.</summary>
public sealed partial class DeliverySending(
    ProviderChoice routes, ProviderReservations reservations, DeliveryClaims claims, ProviderCalls providers, DeliveryOutcomes outcomes,
    QueueLag lag, DatabaseCircuitBreaker database, DeliveryMetrics metrics, ILogger<DeliverySending> logger)
{
    /// <summary>Claims in one statement those that a provider has a place for, and begins to send them.</summary>
    /// <returns>What goes on; each leaves its place at its end.</returns>
    /// <param name="deliveries">Each has a place of its channel.</param>
    /// <param name="places">The places of the channel.</param>
    public async Task<IReadOnlyList<Task>> BeginAsync(IReadOnlyList<RequestedDelivery> deliveries, ChannelPlaces places)
    {
        var reserved = deliveries.Select(d => ReserveAsync(d, places)).ToList();
        try
        {
            var all = await Task.WhenAll(reserved);
            var calls = all.Where(r => r.Place is not null)
                .Select(r => new Call(r.Delivery, r.Route, r.Place!, places)).ToList();
            var postponed = all.Where(r => r.Place is null)
                .Select(r => new PostponeRequest(r.Delivery.Hint, r.Wait, r.Delivery.TraceParent)).ToList();

            var claimed = await database.RunAsync(() => TryClaimAsync(calls));
            return
            [
                .. calls.Select((call, i) => DeliverAsync(call, claimed is null ? ClaimAloneAsync(call) : Task.FromResult(claimed[i]))),
                PostponeAsync(postponed, places),
            ];
        }
        catch (Exception failure)
        {
            foreach (var one in reserved)
            {
                if (one.IsCompletedSuccessfully)
                {
                    (await one).Place?.Dispose();
                }

                places.Leave();
            }

            return [Task.FromException(failure)];
        }
    }

    /// <summary>Gives deliveries back to those that wait for their turn, for a worker that has a place.</summary>
    public Task GiveBackAsync(IReadOnlyList<RequestedDelivery> deliveries, Channel channel)
    {
        metrics.GivenBack(channel.Text(), deliveries.Count);
        return database.RunAsync(() => claims.PostponeAsync(
            [.. deliveries.Select(d => new PostponeRequest(d.Hint, TimeSpan.Zero, d.TraceParent))], CancellationToken.None));
    }

    private async Task<Reserved> ReserveAsync(RequestedDelivery delivery, ChannelPlaces places)
    {
        // A host with another configuration queued it: a route of that name may exist in another host, or no longer.
        var hint = delivery.Hint;
        var route = routes.Named(hint.Channel, hint.Route) ?? DeliveryRoute.Of(hint.Route, hint.Route);
        var reservation = await database.RunAsync(() => reservations.ReserveAsync(route, hint.Tried, places.All).AsTask());
        return new(delivery, route, reservation.Place, reservation.Wait);
    }

    /// <summary>Claims all in one statement; null where one of them may have made it fail.</summary>
    private async Task<IReadOnlyList<ClaimedDelivery?>?> TryClaimAsync(List<Call> calls)
    {
        try
        {
            return calls.Count == 0 ? [] : await ClaimAsync(calls);
        }
        catch (Exception failure) when (calls.Count > 1 && !StoreFailures.IsOutage(failure))
        {
            // Such as one with a long lock. Each is claimed alone then, and has its own failure.
            return null;
        }
    }

    private Task<ClaimedDelivery?> ClaimAloneAsync(Call call) =>
        database.RunAsync(() => claims.ClaimAloneAsync(call.Delivery.Hint, call.Place.Provider));

    // No token here and below: a cancelled claim could still take effect and hold the delivery until its lease ends.
    private Task<IReadOnlyList<ClaimedDelivery?>> ClaimAsync(IEnumerable<Call> calls) =>
        claims.ClaimAsync([.. calls.Select(c => (c.Delivery.Hint, c.Place.Provider))], CancellationToken.None);

    private async Task PostponeAsync(IReadOnlyList<PostponeRequest> requests, ChannelPlaces places)
    {
        if (requests.Count == 0)
        {
            return;
        }

        metrics.Postponed(requests[0].Hint.Channel.Text(), requests.Count);
        try
        {
            var ended = await database.RunAsync(() => claims.PostponeAsync(requests, CancellationToken.None));
            await Task.WhenAll(ended.Select(e => database.RunAsync(() => outcomes.RecordAsync(e, CancellationToken.None))));
        }
        finally
        {
            for (var i = 0; i < requests.Count; i++)
            {
                places.Leave();
            }
        }
    }

    private async Task DeliverAsync(Call call, Task<ClaimedDelivery?> claim)
    {
        using var ended = call;
        using var activity = call.Delivery.Follow();
        if (await claim is not { } claimed)
        {
            metrics.Skipped(call.Delivery.Hint.Channel.Text());
            return;
        }

        var delivery = claimed.Delivery;
        metrics.Claimed(delivery);
        lag.Began(delivery.Channel);
        try
        {
            var outgoing = claims.Decrypt(claimed);
            var (place, lease) = (call.Place, outgoing.Lease);
            await place.WaitAsync(lease, CancellationToken.None);
            await SendAsync(place.HasMoment ? outgoing with { Moment = token => place.WaitAsync(lease, token) } : outgoing, call);
        }
        finally
        {
            lag.Ended(delivery.Channel);
        }
    }

    private async Task SendAsync(OutgoingDelivery outgoing, Call call)
    {
        var delivery = outgoing.Delivery;
        var outcome = await providers.SendAsync(outgoing);
        call.Place.Report(outcome);
        var reported = new ReportedOutcome(
            delivery.OtpId, outgoing.ApplicationId, delivery.Id, delivery.LeaseId!.Value, outcome,
            Activity.Current?.Id ?? call.Delivery.TraceParent,
            outcome is SendOutcome.Accepted ? null : reservations.Unusable(call.Route))
        {
            ReceiptsFrom = outgoing.ReceiptUrl is null ? null : delivery.Provider,
        };

        // The next message may use the place while this outcome is written.
        call.Place.Dispose();
        if (!await database.RunAsync(() => outcomes.RecordAsync(reported, CancellationToken.None)))
        {
            metrics.TooLate(delivery);
            Log.TooLate(logger, delivery.Id, outcome.GetType().Name);
        }
    }

    /// <summary>A delivery with a place of its channel; without one at a provider it waits.</summary>
    private sealed record Reserved(RequestedDelivery Delivery, DeliveryRoute Route, ProviderPlace? Place, TimeSpan Wait);

    /// <summary>A delivery with a place of its channel and one at a provider.</summary>
    private sealed record Call(RequestedDelivery Delivery, DeliveryRoute Route, ProviderPlace Place, ChannelPlaces Places) : IDisposable
    {
        public void Dispose()
        {
            Place.Dispose();
            Places.Leave();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "Delivery {DeliveryId}: its lease was over or its outcome written already when {Outcome} was to be written")]
        public static partial void TooLate(ILogger logger, Guid deliveryId, string outcome);
    }
}
