using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Receipts.Recording;
using OtpPipeline.Storage.Postgres.Sessions;
using OtpPipeline.Storage.Postgres.Tables;

namespace OtpPipeline.Storage.Postgres.Receipts;

/// <summary>Finds the deliveries of receipts on PostgreSQL: one round trip for any number of them.</summary>
internal sealed class PostgresReceiptStore(NpgsqlDataSource dataSource) : IReceiptStore
{
    private const string Columns = "d.otp_id, d.id, d.provider, d.status, d.step, d.attempt";

    private const string ByToken =
        $"""
        SELECT {Columns} FROM unnest($1, $2, $3) AS t (otp_id, step, attempt)
        JOIN deliveries d ON d.otp_id = t.otp_id AND d.step = t.step AND d.attempt = t.attempt
        """;

    private const string ByMessage =
        $"""
        SELECT {Columns}, m.id FROM unnest($1, $2) AS m (provider, id)
        CROSS JOIN LATERAL ({KeptReceiptTable.DeliveryOfMessage}) d
        """;

    public async Task<FoundDeliveries> FindAsync(
        IReadOnlyCollection<ReceiptToken> tokens, IReadOnlyCollection<ProviderMessage> messages, CancellationToken cancellationToken)
    {
        await using var session = await PostgresSession.OpenAsync(dataSource, cancellationToken);
        await using var batch = session.NewBatch();
        batch.Add(
            ByToken,
            Parameters.From(tokens, t => t.OtpId, NpgsqlDbType.Uuid),
            Parameters.From(tokens, t => t.Step, NpgsqlDbType.Integer),
            Parameters.From(tokens, t => t.Attempt, NpgsqlDbType.Integer));
        batch.Add(
            ByMessage,
            Parameters.From(messages, m => m.Provider, NpgsqlDbType.Text),
            Parameters.From(messages, m => m.Id, NpgsqlDbType.Text));
        return await session.ReadAsync(
            batch,
            async reader =>
            {
                var byToken = await Rows.ReadAllAsync(
                    reader, r => (new ReceiptToken(r.GetGuid(0), r.GetInt32(4), r.GetInt32(5)), Read(r)), cancellationToken);
                var byMessage = await Rows.ReadAllAsync(
                    reader, r => (new ProviderMessage(r.GetString(2), r.GetString(6)), Read(r)), cancellationToken);
                return new FoundDeliveries(byToken.ToDictionary(), byMessage.ToDictionary());
            },
            cancellationToken);
    }

    public async Task<IReadOnlyDictionary<string, int>> KeepAsync(
        IReadOnlyCollection<KeptReceipt> receipts, int most, CancellationToken cancellationToken)
    {
        await using var session = await PostgresSession.BeginAsync(dataSource, cancellationToken);
        await using (var batch = session.NewBatch())
        {
            KeptReceiptTable.Insert(batch, receipts);
            await session.ExecuteAsync(batch, cancellationToken);
        }

        // A separate batch: it must see what the batch before inserted.
        await using var bound = session.NewBatch();
        KeptReceiptTable.DropOldest(bound, receipts.Select(r => r.Provider), most);
        var dropped = await session.ReadAsync(
            bound, reader => Rows.ReadAllAsync(reader, r => r.GetString(0), cancellationToken), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return dropped.CountBy(p => p, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
    }

    private static FoundDelivery Read(NpgsqlDataReader r) =>
        new(r.GetGuid(0), r.GetGuid(1), r.Text(2), EnumText<DeliveryStatus>.Parse(r.GetString(3)));
}
