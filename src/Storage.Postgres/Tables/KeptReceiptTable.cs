using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Tables;

/// <summary>SQL for table kept_receipts (alias r).</summary>
/// <remarks>
/// A lock on a message's name, held until the commit, orders an outcome that brings the id and a receipt that looks for it: either the
/// receipt finds the delivery, or the outcome finds the receipt.
/// </remarks>
internal static class KeptReceiptTable
{
    private const string Columns = "r.provider, r.provider_message_id, r.status, r.reason, r.occurred_at, r.received_at";

    /// <summary>The newest delivery of each message m (provider, id); no more than one.</summary>
    public const string DeliveryOfMessage =
        """
        SELECT d.* FROM deliveries d
        WHERE d.provider = m.provider AND d.provider_message_id = m.id AND d.provider <> 'sandbox'
        ORDER BY d.created_at DESC LIMIT 1
        """;

    /// <summary>Locks the messages' names for an outcome and reads what is kept for them; the first result set is empty.</summary>
    public static void LockAndRead(NpgsqlBatch batch, IReadOnlyCollection<ProviderMessage> messages)
    {
        batch.Add("SELECT pg_advisory_xact_lock_shared(k) FROM unnest($1) AS k", Locks(messages));
        batch.Add(
            $"""
            SELECT {Columns} FROM unnest($1, $2) AS m (provider, id)
            JOIN kept_receipts r ON r.provider = m.provider AND r.provider_message_id = m.id
            """,
            Parameters.From(messages, m => m.Provider, NpgsqlDbType.Text),
            Parameters.From(messages, m => m.Id, NpgsqlDbType.Text));
    }

    /// <summary>Reads the two result sets of <see cref="LockAndRead"/>.</summary>
    public static async Task<List<KeptReceipt>> ReadLockedAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        await Rows.ReadAllAsync(reader, static _ => true, cancellationToken);
        return await Rows.ReadAllAsync(reader, Read, cancellationToken);
    }

    /// <summary>Keeps the receipts whose message still has no delivery.</summary>
    public static void Insert(NpgsqlBatch batch, IReadOnlyCollection<KeptReceipt> receipts)
    {
        batch.Add(
            "SELECT pg_advisory_xact_lock(k) FROM unnest($1) AS k",
            Locks([.. receipts.Select(r => new ProviderMessage(r.Provider, r.ProviderMessageId))]));
        batch.Add(
            $"""
            INSERT INTO kept_receipts (provider, provider_message_id, status, reason, occurred_at, received_at)
            SELECT m.provider, m.id, m.status, m.reason, m.occurred_at, clock_timestamp()
            FROM unnest($1, $2, $3, $4, $5) AS m (provider, id, status, reason, occurred_at)
            WHERE NOT EXISTS ({DeliveryOfMessage})
            ON CONFLICT DO NOTHING
            """,
            Parameters.From(receipts, r => r.Provider, NpgsqlDbType.Text),
            Parameters.From(receipts, r => r.ProviderMessageId, NpgsqlDbType.Text),
            Parameters.From(receipts, r => EnumText<ReceiptStatus>.Upper(r.Status), NpgsqlDbType.Text),
            Parameters.From(receipts, r => r.Reason, NpgsqlDbType.Text),
            Parameters.From(receipts, r => r.OccurredAt, NpgsqlDbType.TimestampTz));
    }

    /// <summary>Deletes the oldest of the providers that have more than so many, a tenth at a time; returns the provider of each.</summary>
    public static void DropOldest(NpgsqlBatch batch, IEnumerable<string> providers, int most) => batch.Add(
        """
        WITH crowded AS MATERIALIZED (
            SELECT p.provider FROM unnest($1) AS p (provider)
            WHERE (SELECT count(*) FROM (SELECT 1 FROM kept_receipts k WHERE k.provider = p.provider LIMIT $2 + 1) counted) > $2),
        oldest AS MATERIALIZED (
            SELECT o.* FROM crowded c CROSS JOIN LATERAL (
                SELECT k.provider, k.provider_message_id, k.status FROM kept_receipts k WHERE k.provider = c.provider
                ORDER BY k.received_at DESC OFFSET $3 FOR UPDATE SKIP LOCKED) o)
        DELETE FROM kept_receipts r USING oldest o
        WHERE r.provider = o.provider AND r.provider_message_id = o.provider_message_id AND r.status = o.status
        RETURNING r.provider
        """,
        Parameters.From([.. providers.Distinct(StringComparer.Ordinal)], p => p, NpgsqlDbType.Text),
        new() { Value = most },
        new() { Value = most - (most / 10) });

    public static void Delete(NpgsqlBatch batch, IReadOnlyCollection<KeptReceipt> receipts) => batch.Add(
        """
        DELETE FROM kept_receipts r USING unnest($1, $2, $3) AS m (provider, id, status)
        WHERE r.provider = m.provider AND r.provider_message_id = m.id AND r.status = m.status
        """,
        Parameters.From(receipts, r => r.Provider, NpgsqlDbType.Text),
        Parameters.From(receipts, r => r.ProviderMessageId, NpgsqlDbType.Text),
        Parameters.From(receipts, r => EnumText<ReceiptStatus>.Upper(r.Status), NpgsqlDbType.Text));

    public static KeptReceipt Read(NpgsqlDataReader r) => new()
    {
        Provider = r.GetString(0),
        ProviderMessageId = r.GetString(1),
        Status = EnumText<ReceiptStatus>.Parse(r.GetString(2)),
        Reason = r.Text(3),
        OccurredAt = r.Value<DateTime>(4),
        ReceivedAt = r.GetDateTime(5),
    };

    /// <summary>One number for each name, sorted so that transactions lock in one order.</summary>
    private static NpgsqlParameter Locks(IReadOnlyCollection<ProviderMessage> messages) => new()
    {
        Value = messages.Select(LockOf).Distinct().Order().ToArray(),
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint,
    };

    private static long LockOf(ProviderMessage message) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"receipt:{message.Provider}:{message.Id}")));
}
