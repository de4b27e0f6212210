namespace OtpPipeline.Outbox;

/// <summary>What the outbox asks of its table after the insert, which belongs to the unit of work. All times are the database's.</summary>
public interface IOutboxStore
{
    /// <summary>
    /// Takes up to <paramref name="limit"/> due rows that no other process holds, leased under <paramref name="leaseId"/>.
    /// </summary>
    Task<IReadOnlyList<OutboxMessage>> ClaimAsync(Guid leaseId, TimeSpan lease, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes rows that the broker has confirmed, whoever holds them by now: each row that stays is sent again.</summary>
    Task DeleteAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);

    /// <summary>Gives up the lease where it is still held; the rows are due <paramref name="after"/> from now.</summary>
    Task ReleaseAsync(Guid leaseId, IReadOnlyCollection<Guid> ids, TimeSpan after, CancellationToken cancellationToken);

    /// <summary>Counts a failed attempt where the lease is still held; the row is due later, or parked.</summary>
    Task FailAsync(Guid leaseId, IReadOnlyCollection<OutboxFailure> failures, CancellationToken cancellationToken);

    /// <summary>Parked rows in the order of their ids, those after <paramref name="after"/>.</summary>
    Task<IReadOnlyList<OutboxMessage>> ListParkedAsync(int limit, Guid? after, CancellationToken cancellationToken);

    /// <summary>Makes parked rows due at once, with no attempts counted; the answer is how many were parked.</summary>
    Task<int> ReplayAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);

    /// <summary>Deletes parked rows, unsent; the answer is how many were parked.</summary>
    Task<int> DiscardAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);
}

/// <summary>A row that could not be sent.</summary>
/// <param name="Id">The row.</param>
/// <param name="RetryAfter">How long until the next attempt; null parks the row.</param>
/// <param name="Error">Exception type and short message.</param>
public sealed record OutboxFailure(Guid Id, TimeSpan? RetryAfter, string Error);
