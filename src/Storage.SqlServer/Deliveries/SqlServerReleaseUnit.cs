using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Outbox;
using OtpPipeline.Storage.SqlServer.Outbox;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Deliveries;

/// <summary>One release transaction; it never waits for a lock that another transaction holds.</summary>
internal sealed class SqlServerReleaseUnit(SqlServerSession session) : IReleaseUnit
{
    public async Task<IReadOnlyList<ReleasedDelivery>> TakeAsync(
        IReadOnlyList<QueueShare> shares, int target, int most, TimeSpan lostAfter, CancellationToken cancellationToken)
    {
        var released = await session.ReadAsync(
            ReleaseStatements.Take(shares, target, most, lostAfter),
            reader => Rows.ReadAllAsync(reader, ReleaseStatements.ReadReleased, cancellationToken), cancellationToken);
        return [.. released.OrderBy(r => r.DueAt).Select(r => r.Delivery)];
    }

    public Task SaveAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        var batch = new SqlServerBatch();
        if (messages.Count > 0)
        {
            OutboxTable.Insert(batch, messages);
        }

        return session.SaveAsync(batch, cancellationToken);
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();
}
