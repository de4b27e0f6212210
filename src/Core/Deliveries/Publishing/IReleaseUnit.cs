using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Deliveries.Publishing;

/// <summary>Waiting deliveries as a database finds them.</summary>
public interface IReleaseStore
{
    /// <summary>Shares with a waiting delivery that is due: the next ones after the last of the pass before.</summary>
    Task<IReadOnlyList<QueueShare>> FindWaitingAsync(QueueShare? after, int limit, CancellationToken cancellationToken);

    /// <summary>One transaction that publishes waiting deliveries.</summary>
    Task<IReleaseUnit> BeginReleaseAsync(CancellationToken cancellationToken);
}

/// <summary>A transaction of the release. Disposing without saving rolls back.</summary>
public interface IReleaseUnit : IAsyncDisposable
{
    /// <summary>
    /// Counts what each share has published, and takes the longest due of those that wait until <paramref name="target"/> is reached,
    /// <paramref name="most"/> of a share. None while another process releases.
    /// </summary>
    Task<IReadOnlyList<ReleasedDelivery>> TakeAsync(
        IReadOnlyList<QueueShare> shares, int target, int most, TimeSpan lostAfter, CancellationToken cancellationToken);

    /// <summary>Stores the work commands and commits.</summary>
    Task SaveAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken);
}
