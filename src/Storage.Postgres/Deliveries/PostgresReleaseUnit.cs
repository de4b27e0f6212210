using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Outbox;
using OtpPipeline.Storage.Postgres.Outbox;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Deliveries;

/// <summary>One release transaction; it never waits for a lock that another transaction holds.</summary>
internal sealed class PostgresReleaseUnit(PostgresSession session) : IReleaseUnit
{
    public async Task<IReadOnlyList<ReleasedDelivery>> TakeAsync(
        IReadOnlyList<QueueShare> shares, int target, int most, TimeSpan lostAfter, CancellationToken cancellationToken)
    {
        // A separate batch: the counts that follow must see what the previous lock holder committed.
        await using (var single = session.NewBatch())
        {
            single.Add(ReleaseStatements.LockSql);
            if (!(await session.ReadAsync(single, reader => Rows.ReadAllAsync(reader, r => r.GetBoolean(0), cancellationToken), cancellationToken)).Single())
            {
                return [];
            }
        }

        await using var batch = session.NewBatch();
        ReleaseStatements.Take(batch, shares, target, most, lostAfter);
        var released = await session.ReadAsync(
            batch, reader => Rows.ReadAllAsync(reader, ReleaseStatements.ReadReleased, cancellationToken), cancellationToken);
        return [.. released.OrderBy(r => r.DueAt).Select(r => r.Delivery)];
    }

    public async Task SaveAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count > 0)
        {
            await using var batch = session.NewBatch();
            batch.BatchCommands.Add(PostgresOutbox.InsertCommand(messages));
            await session.ExecuteAsync(batch, cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();
}
