using Microsoft.Extensions.Options;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Deliveries.Publishing;

/// <summary>Publishes waiting deliveries, one application after another, as their shares of the queue become free.</summary>
public sealed class DeliveryRelease(IReleaseStore store, IOutbox outbox, IOptions<DeliveryOptions> options)
{
    // Limits of one pass; the next pass continues after the last share.
    private const int MostShares = 200;
    private const int MostDeliveries = 500;

    private QueueShare? _last;

    /// <summary>Runs one pass; returns whether deliveries were waiting.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var shares = await store.FindWaitingAsync(_last, MostShares, cancellationToken);
        var begun = _last is not null;
        _last = shares.Count == MostShares ? shares[^1] : null;
        if (shares.Count == 0)
        {
            return begun;
        }

        var outgoing = outbox.NewBatch();
        await using (var unit = await store.BeginReleaseAsync(cancellationToken))
        {
            // The same number for each application, so that the first in the index has no advantage.
            var settings = options.Value;
            var most = Math.Max(1, MostDeliveries / shares.Count);
            var released = await unit.TakeAsync(shares, settings.PublishTarget, most, settings.LostAfter, cancellationToken);
            var commands = new WorkCommands(settings);
            foreach (var delivery in InTurn(released))
            {
                commands.Add(
                    delivery.OtpId, delivery.Channel, delivery.Step, delivery.Route, delivery.Tried, delivery.TraceParent);
            }

            commands.PublishTo(outgoing);
            await unit.SaveAsync(outgoing.Messages, cancellationToken);
        }

        outbox.Dispatch(outgoing);
        return true;
    }

    /// <summary>Orders the first delivery of each application, then the second of each, and so on.</summary>
    public static IEnumerable<ReleasedDelivery> InTurn(IEnumerable<ReleasedDelivery> released) =>
        released.GroupBy(r => r.ApplicationId).SelectMany(g => g.Select((delivery, turn) => (delivery, turn))).OrderBy(r => r.turn)
            .Select(r => r.delivery);
}
