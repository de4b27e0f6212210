using System.Data.Common;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Storage.SqlServer.Sessions;
using OtpPipeline.Storage.SqlServer.Tables;

namespace OtpPipeline.Storage.SqlServer.Otps;

/// <summary>Searches OTPs on SQL Server. The filtered indexes hold only OTPs of compatible APIs that need the search.</summary>
internal sealed class SqlServerOtpSearch(SqlServerDatabase database) : IOtpSearch
{
    private const string Live = "o.status = 'PENDING' AND o.expires_at > @now";

    private const string FindLiveSql =
        $"SELECT o.id FROM otps o WHERE o.lookup_hash = @hash AND o.lookup_hash IS NOT NULL AND {Live}";

    private const string FindLiveByPinSql =
        $"""
        SELECT o.id FROM otp_pins p JOIN otps o ON o.id = p.otp_id
        WHERE p.find_hash = @hash AND p.find_hash IS NOT NULL AND {Live}
        """;

    private const string FindLastSql =
        """
        SELECT TOP (1) o.id, CASE WHEN o.status = 'PENDING' AND o.expires_at <= @now THEN 'EXPIRED' ELSE o.status END, o.reason
        FROM otps o WHERE o.lookup_hash = @hash AND o.lookup_hash IS NOT NULL ORDER BY o.created_at DESC, o.id DESC
        """;

    private static readonly RowSet<byte[]> Hashes = new("hashes", Column.Hash<byte[]>("hash", h => h));

    private static readonly string FindLastPinSql =
        $"""
        SELECT TOP (1) {OtpPinTable.Columns} FROM {Hashes.Table} l
        JOIN otps o ON o.lookup_hash = l.hash AND o.lookup_hash IS NOT NULL
        JOIN otp_pins p ON p.otp_id = o.id
        WHERE {Live} ORDER BY o.created_at DESC, o.id DESC, p.version DESC
        """;

    public Task<IReadOnlyList<Guid>> FindLiveAsync(byte[] lookupHash, CancellationToken cancellationToken) =>
        ReadIdsAsync(FindLiveSql, lookupHash, cancellationToken);

    public Task<IReadOnlyList<Guid>> FindLiveByPinAsync(byte[] pinHash, CancellationToken cancellationToken) =>
        ReadIdsAsync(FindLiveByPinSql, pinHash, cancellationToken);

    public async Task<LastOtp?> FindLastAsync(byte[] lookupHash, CancellationToken cancellationToken) => (await database.ReadAllAsync(
        new(FindLastSql, Values.Hash("hash", lookupHash)),
        r => new LastOtp(
            r.GetGuid(0), EnumText<OtpStatus>.Parse(r.GetString(1)),
            r.IsDBNull(2) ? null : EnumText<OtpReason>.Parse(r.GetString(2))),
        cancellationToken)).SingleOrDefault();

    public async Task<OtpPin?> FindLastPinAsync(IReadOnlyCollection<byte[]> lookupHashes, CancellationToken cancellationToken) =>
        (await database.ReadAllAsync(new(FindLastPinSql, Hashes.Of(lookupHashes)), OtpPinTable.Read, cancellationToken)).SingleOrDefault();

    public async Task<OtpPage<OtpReading>> ListAsync(
        OtpFilter filter, OtpPlace? after, int limit, CancellationToken cancellationToken)
    {
        var list = OtpListSql.From(filter, after, limit);
        return await database.ReadAsync(list.Batch, ReadListAsync, cancellationToken);

        async Task<OtpPage<OtpReading>> ReadListAsync(DbDataReader reader)
        {
            var (now, examined, oldest) = await Rows.ReadOneAsync(
                reader,
                r => (r.Time(0), r.GetInt32(1), r.IsDBNull(2) ? (OtpPlace?)null : new OtpPlace(r.Time(2), r.GetGuid(3))),
                cancellationToken);
            var matched = await Rows.ReadAllAsync(reader, OtpTable.Read, cancellationToken);
            var deliveries = (await Rows.ReadAllAsync(reader, DeliveryTable.Read, cancellationToken)).ToLookup(d => d.OtpId);
            var otps = matched.GetRange(0, Math.Min(limit, matched.Count));
            return new(
                otps.ConvertAll(o => new OtpReading(o, [.. deliveries[o.Id]], now)),
                matched.Count > limit ? new(otps[^1].CreatedAt, otps[^1].Id) : examined == list.Examined ? oldest : null);
        }
    }

    private async Task<IReadOnlyList<Guid>> ReadIdsAsync(string sql, byte[] hash, CancellationToken cancellationToken) =>
        await database.ReadAllAsync(new(sql, Values.Hash("hash", hash)), r => r.GetGuid(0), cancellationToken);
}
