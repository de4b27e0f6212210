using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Deliveries.Publishing;

/// <summary>Finds waiting deliveries in one database.</summary>
public interface IReleaseStore
{
    /// <summary>Shares with a due waiting delivery, after the last share of the previous pass.</summary>
    Task<IReadOnlyList<QueueShare>> FindWaitingAsync(QueueShare? after, int limit, CancellationToken cancellationToken);

    /// <summary>Begins a transaction that publishes waiting deliveries.</summary>
    Task<IReleaseUnit> BeginReleaseAsync(CancellationToken cancellationToken);
}

/// <summary>A release transaction. Disposing without saving rolls back.</summary>
public interface IReleaseUnit : IAsyncDisposable
{
    /// <summary>Counts the published deliveries of each share, and takes waiting ones up to <paramref name="target"/>.</summary>
    /// <remarks>The longest due first, at most <paramref name="most"/> per share. Takes none while another process releases.</remarks>
    Task<IReadOnlyList<ReleasedDelivery>> TakeAsync(
        IReadOnlyList<QueueShare> shares, int target, int most, TimeSpan lostAfter, CancellationToken cancellationToken);

    /// <summary>Stores the work commands and commits.</summary>
    Task SaveAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken);
}
