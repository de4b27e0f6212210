using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.SqlClient;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Tables;

/// <summary>SQL for table kept_receipts (alias r).</summary>
/// <remarks>
/// A lock on a message's name, held until the commit, orders an outcome that brings the id and a receipt that looks for it: either the
/// receipt finds the delivery, or the outcome finds the receipt. Names share 64 locks: each lock is a call within the server.
/// </remarks>
internal static class KeptReceiptTable
{
    /// <summary>The newest delivery of each message m (provider, id); no more than one.</summary>
    public const string DeliveryOfMessage =
        """
        SELECT TOP (1) d.* FROM deliveries d
        WHERE d.provider = m.provider AND d.provider_message_id = m.id AND d.provider_message_id IS NOT NULL AND d.provider <> 'sandbox'
        ORDER BY d.created_at DESC
        """;

    private const string Columns = "r.provider, r.provider_message_id, r.status, r.reason, r.occurred_at, r.received_at";

    private const int Locks = 64;

    private static readonly RowSet<ProviderMessage> Messages = new(
        "messages",
        Column.Text<ProviderMessage>("provider", 64, m => m.Provider),
        Column.Text<ProviderMessage>("id", 255, m => m.Id));

    private static readonly RowSet<KeptReceipt> New = new(
        "receipts",
        Column.Text<KeptReceipt>("provider", 64, r => r.Provider),
        Column.Text<KeptReceipt>("id", 255, r => r.ProviderMessageId),
        Column.Text<KeptReceipt>("status", 16, r => EnumText<ReceiptStatus>.Upper(r.Status)),
        Column.Text<KeptReceipt>("reason", 64, r => r.Reason),
        Column.Time<KeptReceipt>("occurred_at", r => r.OccurredAt));

    private static readonly RowSet<KeptReceipt> Matched = new(
        "matched_receipts",
        Column.Text<KeptReceipt>("provider", 64, r => r.Provider),
        Column.Text<KeptReceipt>("id", 255, r => r.ProviderMessageId),
        Column.Text<KeptReceipt>("status", 16, r => EnumText<ReceiptStatus>.Upper(r.Status)));

    private static readonly string LockAndReadSql =
        $"""
        {ApplicationLocks.Take("outcome_locks", "Shared")}
        SELECT {Columns} FROM {Messages.Table} m
        JOIN kept_receipts r WITH (FORCESEEK) ON r.provider = m.provider AND r.provider_message_id = m.id
        {Hints.ByKey}
        """;

    // The lock blocks other receipts of this name, so that no transaction inserts one between the check and the insert.
    private static readonly string InsertSql =
        $"""
        {ApplicationLocks.Take("receipt_locks", "Exclusive")}
        {SqlServerBatch.ReadClock}
        WITH n AS (
            SELECT m.*, ROW_NUMBER() OVER (PARTITION BY m.provider, m.id, m.status ORDER BY m.occurred_at) AS copy FROM {New.Table} m)
        INSERT INTO kept_receipts (provider, provider_message_id, status, reason, occurred_at, received_at)
        SELECT m.provider, m.id, m.status, m.reason, m.occurred_at, @now FROM n m
        WHERE m.copy = 1 AND NOT EXISTS ({DeliveryOfMessage}) AND NOT EXISTS (
            SELECT 1 FROM kept_receipts r WHERE r.provider = m.provider AND r.provider_message_id = m.id AND r.status = m.status)
        """;

    private static readonly RowSet<string> Providers = new("crowded", Column.Text<string>("provider", 64, p => p));

    private static readonly string DropOldestSql =
        $"""
        DECLARE @full TABLE (provider nvarchar(64) COLLATE {Collation.Exact} NOT NULL PRIMARY KEY);
        INSERT INTO @full (provider) SELECT p.provider FROM {Providers.Table} p;
        WITH placed AS (
            SELECT k.provider, ROW_NUMBER() OVER (PARTITION BY k.provider ORDER BY k.received_at DESC) AS place,
                   COUNT(*) OVER (PARTITION BY k.provider) AS kept
            FROM kept_receipts k WITH (UPDLOCK, READPAST, ROWLOCK, READCOMMITTEDLOCK)
            WHERE k.provider IN (SELECT f.provider FROM @full f))
        DELETE FROM placed OUTPUT deleted.provider WHERE kept > @most AND place > @left
        """;

    private static readonly string DeleteSql =
        $"""
        DELETE r FROM {Matched.Table} m
        JOIN kept_receipts r WITH (ROWLOCK, FORCESEEK) ON r.provider = m.provider AND r.provider_message_id = m.id AND r.status = m.status
        {Hints.ByKey}
        """;

    /// <summary>Locks the messages' names for an outcome and reads what is kept for them.</summary>
    public static void LockAndRead(SqlServerBatch batch, IReadOnlyCollection<ProviderMessage> messages) =>
        batch.Add(LockAndReadSql, Names("outcome_locks", messages), Messages.Of(messages));

    /// <summary>Keeps the receipts whose message still has no delivery.</summary>
    public static void Insert(SqlServerBatch batch, IReadOnlyCollection<KeptReceipt> receipts) => batch.Add(
        InsertSql,
        Names("receipt_locks", receipts.Select(r => new ProviderMessage(r.Provider, r.ProviderMessageId))),
        New.Of(receipts));

    /// <summary>Deletes the oldest of the providers that have more than so many, a tenth at a time; returns the provider of each.</summary>
    public static void DropOldest(SqlServerBatch batch, IEnumerable<string> providers, int most) => batch.Add(
        DropOldestSql, Providers.Of(providers.Distinct(StringComparer.Ordinal)), Values.Number("most", most),
        Values.Number("left", most - (most / 10)));

    public static void Delete(SqlServerBatch batch, IReadOnlyCollection<KeptReceipt> receipts) =>
        batch.Add(DeleteSql, Matched.Of(receipts));

    public static KeptReceipt Read(DbDataReader r) => new()
    {
        Provider = r.GetString(0),
        ProviderMessageId = r.GetString(1),
        Status = EnumText<ReceiptStatus>.Parse(r.GetString(2)),
        Reason = r.Text(3),
        OccurredAt = r.MaybeTime(4),
        ReceivedAt = r.Time(5),
    };

    private static SqlParameter Names(string name, IEnumerable<ProviderMessage> messages) => RowSet.Parameter(name, json =>
    {
        foreach (var text in messages.Select(NameOf).Distinct(StringComparer.Ordinal))
        {
            json.WriteStringValue(text);
        }
    });

    private static string NameOf(ProviderMessage message)
    {
        var number = SHA256.HashData(Encoding.UTF8.GetBytes($"receipt:{message.Provider}:{message.Id}"))[0] % Locks;
        return string.Create(CultureInfo.InvariantCulture, $"otp-receipt-{number:D2}");
    }
}
