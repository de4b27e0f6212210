using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Storage.Postgres.Sessions;
using OtpPipeline.Storage.Postgres.Tables;

namespace OtpPipeline.Storage.Postgres.Otps;

/// <summary>Searches OTPs on PostgreSQL. The partial indexes hold only OTPs of compatible APIs that need the search.</summary>
internal sealed class PostgresOtpSearch(NpgsqlDataSource dataSource) : IOtpSearch
{
    private const string Live = "o.status = 'PENDING' AND o.expires_at > clock_timestamp()";

    public Task<IReadOnlyList<Guid>> FindLiveAsync(byte[] lookupHash, CancellationToken cancellationToken) => ReadIdsAsync(
        $"SELECT o.id FROM otps o WHERE o.lookup_hash = $1 AND {Live}", lookupHash, cancellationToken);

    public Task<IReadOnlyList<Guid>> FindLiveByPinAsync(byte[] pinHash, CancellationToken cancellationToken) => ReadIdsAsync(
        $"SELECT o.id FROM otp_pins p JOIN otps o ON o.id = p.otp_id WHERE p.find_hash = $1 AND {Live}", pinHash, cancellationToken);

    public async Task<LastOtp?> FindLastAsync(byte[] lookupHash, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT o.id, CASE WHEN o.status = 'PENDING' AND o.expires_at <= clock_timestamp() THEN 'EXPIRED' ELSE o.status END, o.reason
            FROM otps o WHERE o.lookup_hash = $1 ORDER BY o.created_at DESC, o.id DESC LIMIT 1
            """);
        command.Parameters.Add(new() { Value = lookupHash });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return (await Rows.ReadAllAsync(
            reader,
            r =>
                new LastOtp(
                    r.GetGuid(0), EnumText<OtpStatus>.Parse(r.GetString(1)),
                    r.IsDBNull(2) ? null : EnumText<OtpReason>.Parse(r.GetString(2))),
            cancellationToken)).SingleOrDefault();
    }

    public async Task<OtpPin?> FindLastPinAsync(IReadOnlyCollection<byte[]> lookupHashes, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT {OtpPinTable.Columns} FROM otps o JOIN otp_pins p ON p.otp_id = o.id
            WHERE o.lookup_hash = ANY ($1) AND {Live} ORDER BY o.created_at DESC, o.id DESC, p.version DESC LIMIT 1
            """);
        command.Parameters.Add(Parameters.From(lookupHashes, h => h, NpgsqlDbType.Bytea));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return (await Rows.ReadAllAsync(reader, r => OtpPinTable.Read(r), cancellationToken)).SingleOrDefault();
    }

    public async Task<OtpPage<OtpReading>> ListAsync(
        OtpFilter filter, OtpPlace? after, int limit, CancellationToken cancellationToken)
    {
        var list = OtpListSql.From(filter, after, limit);
        await using var session = await PostgresSession.OpenAsync(dataSource, cancellationToken);
        await using var batch = session.NewBatch();
        batch.Add(OtpListSql.Settings);
        batch.Add(list.Sql, [.. list.Parameters]);
        var rows = await session.ReadAsync(batch, ReadListAsync, cancellationToken);
        var otps = rows.Select(r => r.Otp).OfType<Otp>().Take(limit).ToList();
        if (otps.Count == 0)
        {
            return new([], rows[0].Next(list.Examined));
        }

        await using var second = session.NewBatch();
        second.Add(
            $"SELECT {DeliveryTable.Columns} FROM deliveries d WHERE d.otp_id = ANY ($1) ORDER BY d.otp_id, d.step, d.attempt",
            Parameters.From(otps.Select(o => o.Id)));
        var deliveries = (await session.ReadAsync(
            second, reader => Rows.ReadAllAsync(reader, DeliveryTable.Read, cancellationToken), cancellationToken)).ToLookup(d => d.OtpId);
        return new(
            otps.ConvertAll(o => new OtpReading(o, [.. deliveries[o.Id]], rows[0].Now)),
            rows.Count > limit ? new(otps[^1].CreatedAt, otps[^1].Id) : rows[0].Next(list.Examined));

        async Task<List<ListedOtp>> ReadListAsync(NpgsqlDataReader reader)
        {
            await reader.NextResultAsync(cancellationToken);
            return await Rows.ReadAllAsync(reader, ListedOtp.Read, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<Guid>> ReadIdsAsync(string sql, byte[] hash, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new() { Value = hash });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await Rows.ReadAllAsync(reader, r => r.GetGuid(0), cancellationToken);
    }

    /// <summary>A row of the list. The first one is there also when no OTP matches.</summary>
    private sealed record ListedOtp(DateTime Now, long Examined, OtpPlace? Oldest, Otp? Otp)
    {
        public static ListedOtp Read(NpgsqlDataReader r) => new(
            r.GetDateTime(0),
            r.GetInt64(1),
            r.IsDBNull(2) ? null : new(r.GetDateTime(2), r.GetGuid(3)),
            r.IsDBNull(4) ? null : OtpTable.Read(r, 4));

        /// <summary>Where the next page begins when this one stopped at its bound.</summary>
        public OtpPlace? Next(int bound) => Examined == bound ? Oldest : null;
    }
}
