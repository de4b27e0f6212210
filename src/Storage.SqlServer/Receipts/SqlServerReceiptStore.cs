using System.Data.Common;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Receipts.Recording;
using OtpPipeline.Storage.SqlServer.Sessions;
using OtpPipeline.Storage.SqlServer.Tables;

namespace OtpPipeline.Storage.SqlServer.Receipts;

/// <summary>Finds the deliveries of receipts on SQL Server: one round trip for any number of them.</summary>
internal sealed class SqlServerReceiptStore(SqlServerDatabase database) : IReceiptStore
{
    private const string Columns = "d.otp_id, d.id, d.provider, d.status, d.step, d.attempt";

    private static readonly RowSet<ReceiptToken> Tokens = new(
        "tokens",
        Column.Id<ReceiptToken>("otp_id", t => t.OtpId),
        Column.Number<ReceiptToken>("step", t => t.Step),
        Column.Number<ReceiptToken>("attempt", t => t.Attempt));

    private static readonly RowSet<ProviderMessage> Messages = new(
        "messages",
        Column.Text<ProviderMessage>("provider", 64, m => m.Provider),
        Column.Text<ProviderMessage>("id", 255, m => m.Id));

    private static readonly string FindSql =
        $"""
        SELECT {Columns} FROM {Tokens.Table} t
        JOIN deliveries d WITH (FORCESEEK) ON d.otp_id = t.otp_id AND d.step = t.step AND d.attempt = t.attempt
        {Hints.ByKey};
        SELECT {Columns}, m.id FROM {Messages.Table} m CROSS APPLY ({KeptReceiptTable.DeliveryOfMessage}) d
        """;

    public Task<FoundDeliveries> FindAsync(
        IReadOnlyCollection<ReceiptToken> tokens, IReadOnlyCollection<ProviderMessage> messages, CancellationToken cancellationToken) =>
        database.ReadAsync(
            new(FindSql, Tokens.Of(tokens), Messages.Of(messages)),
            async reader =>
            {
                var byToken = await Rows.ReadAllAsync(
                    reader, r => (new ReceiptToken(r.GetGuid(0), r.GetInt32(4), r.GetInt32(5)), Read(r)), cancellationToken);
                var byMessage = await Rows.ReadAllAsync(
                    reader, r => (new ProviderMessage(r.GetString(2), r.GetString(6)), Read(r)), cancellationToken);
                return new FoundDeliveries(byToken.ToDictionary(), byMessage.ToDictionary());
            },
            cancellationToken);

    public async Task<IReadOnlyDictionary<string, int>> KeepAsync(
        IReadOnlyCollection<KeptReceipt> receipts, int most, CancellationToken cancellationToken)
    {
        var batch = new SqlServerBatch(SqlServerSession.Begin);
        KeptReceiptTable.Insert(batch, receipts);
        KeptReceiptTable.DropOldest(batch, receipts.Select(r => r.Provider), most);
        batch.Add("COMMIT TRANSACTION");
        var dropped = await database.ReadAllAsync(batch, r => r.GetString(0), cancellationToken);
        return dropped.CountBy(p => p, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
    }

    private static FoundDelivery Read(DbDataReader r) =>
        new(r.GetGuid(0), r.GetGuid(1), r.Text(2), EnumText<DeliveryStatus>.Parse(r.GetString(3)));
}
