using System.Data.Common;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Stores;
using OtpPipeline.Outbox;
using OtpPipeline.Storage.SqlServer.Deliveries;
using OtpPipeline.Storage.SqlServer.Outbox;
using OtpPipeline.Storage.SqlServer.Sessions;
using OtpPipeline.Storage.SqlServer.Tables;

namespace OtpPipeline.Storage.SqlServer.Otps;

/// <summary>One intake transaction: one round trip to begin, at most two to read and lock, one to write and commit.</summary>
internal sealed class SqlServerIntakeUnit(SqlServerSession session, OtpMetrics metrics, TimeSpan idempotencyRetention, int most)
    : IIntakeUnit
{
    private readonly HashSet<RecipientHistory> _countedIn = [];

    public async Task<IntakeFacts> ReadAsync(
        IReadOnlyList<NewOtp> requests, IReadOnlyList<QueueShare> shares, CancellationToken cancellationToken)
    {
        var firsts = await ClaimKeysAsync([.. requests.Where(o => o.IdempotencyHash is not null)], cancellationToken);
        var fresh = requests.Where(o => !firsts.ContainsKey(o.OtpId)).ToList();
        var keys = fresh.SelectMany(o => o.HistoryHashes.Select(h => (o.ApplicationId, Hash: h)))
            .DistinctBy(k => (k.ApplicationId, Convert.ToHexString(k.Hash))).ToList();
        var lookups = fresh.FindAll(o => o.Validated.Options.OneLive).ConvertAll(o => o.LookupHash!);
        var spenders = fresh.Where(o => o.Validated.Application.Settings.Limits.SpendingPerDay is not null).Select(o => o.ApplicationId)
            .Distinct().ToList();

        var batch = new SqlServerBatch();
        RecipientHistoryTable.MakeAndLock(batch, keys);
        if (spenders.Count > 0)
        {
            ApplicationSpendingTable.MakeAndLock(batch, spenders);
        }

        if (lookups.Count > 0)
        {
            OtpTable.FindLive(batch, lookups);
        }

        if (shares.Count > 0)
        {
            ReleaseStatements.CountUse(batch, shares, most);
        }

        batch.Add($"{SqlServerBatch.ReadClock} SELECT @now;");

        return await Races.RetryAsync(() => session.ReadAsync(batch, ReadFactsAsync, cancellationToken));

        async Task<IntakeFacts> ReadFactsAsync(DbDataReader reader)
        {
            var made = (
                await Rows.ReadAllAsync(reader, r => (r.GetGuid(0), Convert.ToHexString(r.Bytes(1))), cancellationToken)).ToHashSet();
            var histories = (
                await Rows.ReadAllAsync(
                    reader, RecipientHistoryTable.Read,
                    cancellationToken)).ToDictionary(h => (h.ApplicationId, Convert.ToHexString(h.RecipientHash)));
            var spendings = spenders.Count > 0 ? await Rows.ReadAllAsync(reader, ApplicationSpendingTable.Read, cancellationToken) : [];
            var live = lookups.Count > 0 ? await Rows.ReadAllAsync(reader, r => Convert.ToHexString(r.Bytes(0)), cancellationToken) : [];
            var uses = shares.Count > 0 ? await Rows.ReadAllAsync(reader, ReleaseStatements.ReadUse, cancellationToken) : [];
            var now = await Rows.ReadOneAsync(reader, r => r.Time(0), cancellationToken);
            foreach (var key in made)
            {
                // A new history is stored with one send counted; the rule starts from none.
                histories[key].Sends = [];
                _countedIn.Add(histories[key]);
            }

            return new(now, firsts, histories, spendings.ToDictionary(s => s.ApplicationId))
            {
                Live = live.ToHashSet(StringComparer.Ordinal),
                Shares = uses.ToDictionary(u => u.Share, u => u.Use),
            };
        }
    }

    public async Task SaveAsync(IntakeDecisions decisions, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        var batch = new SqlServerBatch();
        var histories = decisions.Histories.Concat(_countedIn).Distinct().Where(h => !(_countedIn.Contains(h) && h.Sends.Length == 1))
            .ToList();
        if (histories.Count > 0)
        {
            RecipientHistoryTable.UpdateSends(batch, histories, decisions.Now);
        }

        if (decisions.Spendings.Count > 0)
        {
            ApplicationSpendingTable.Update(batch, decisions.Spendings);
        }

        var released = decisions.ReleasedKeys.FindAll(o => o.IdempotencyHash is not null);
        if (released.Count > 0)
        {
            IdempotencyKeyTable.Release(batch, released);
        }

        if (decisions.Otps.Count > 0)
        {
            OtpTable.Insert(batch, decisions.Otps);
            OtpChangeTable.Insert(batch, [.. decisions.Otps.Select(OtpChange.Created)]);
            OtpPinTable.Insert(batch, decisions.Pins);
            DeliveryTable.Insert(batch, decisions.Deliveries);
        }

        if (messages.Count > 0)
        {
            OutboxTable.Insert(batch, messages);
        }

        await session.SaveAsync(batch, cancellationToken);
        foreach (var otp in decisions.Otps)
        {
            metrics.Requested(otp);
        }
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();

    /// <summary>
    /// Claims keys that are free or expired; returns the first uses of the others. Waits for a duplicate that is being committed.
    /// </summary>
    private async Task<IReadOnlyDictionary<Guid, FirstUse>> ClaimKeysAsync(List<NewOtp> requests, CancellationToken cancellationToken)
    {
        if (requests.Count == 0)
        {
            return new Dictionary<Guid, FirstUse>();
        }

        var batch = new SqlServerBatch();
        IdempotencyKeyTable.Claim(batch, requests, idempotencyRetention);
        try
        {
            var firsts = await Races.RetryAsync(() => session.ReadAsync(
                batch, reader => Rows.ReadAllAsync(reader, ReadFirst, cancellationToken), cancellationToken));
            return firsts.ToDictionary(f => f.OtpId, f => f.First);
        }
        catch (DbException failure) when (StoreFailures.IsLockTimeout(failure))
        {
            throw new IdempotencyKeyHeldException(failure);
        }

        static (Guid OtpId, FirstUse First) ReadFirst(DbDataReader row) =>
            (row.GetGuid(0), new(row.Bytes(1), row.IsDBNull(2) ? null : OtpTable.Read(row, 2)));
    }
}
