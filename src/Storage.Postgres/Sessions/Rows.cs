using Npgsql;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Storage.Postgres.Sessions;

/// <summary>The columns of each table in one order, and how a row of them is read.</summary>
internal static class Rows
{
    public const string Otp =
        "o.id, o.application_id, o.track_id, o.channel, o.country_iso, o.recipient_hash, o.details, o.status, o.reason, o.sequence, o.attempts, "
        + "o.max_attempts, o.ttl, o.parts, o.cost, o.metadata, o.verified_by, o.created_at, o.expires_at, o.final_at, "
        + "o.delivery_sequence, o.callback_events";

    public const int OtpWidth = 22;

    public const string Delivery =
        "d.id, d.otp_id, d.channel, d.provider, d.step, d.attempt, d.status, d.reason, d.provider_message_id, d.due_at, d.publish_due_at, "
        + "d.republished, d.lease_id, d.lease_until, d.created_at, d.updated_at, d.application_id, d.waiting_since";

    public const int DeliveryWidth = 18;

    public const string Change = "h.otp_id, h.sequence, h.kind, h.delivery_id, h.status, h.reason, h.occurred_at";

    public const int ChangeWidth = 7;

    public const string Pin = "p.otp_id, p.version, p.ciphertext, p.key_id, p.valid_until, p.exact, p.message";

    public const string History = "h.application_id, h.recipient_hash, h.sends, h.failed_guesses, h.cool_off_until, h.updated_at";

    /// <summary>
    /// Before a status by which rows found by their id are told apart: hides it from the planner, which takes the partial index of a
    /// status that its statistics have never seen for empty, and searches the whole of it for each row once there is a backlog.
    /// </summary>
    public const string Unindexed = "'' || ";

    public static Otp ReadOtp(NpgsqlDataReader r, int at = 0) => new()
    {
        Id = r.GetGuid(at),
        ApplicationId = r.GetGuid(at + 1),
        TrackId = r.Value<Guid>(at + 2),
        Channel = EnumText<Channel>.Parse(r.GetString(at + 3)),
        CountryIso = r.Text(at + 4),
        RecipientHash = r.Bytes(at + 5),
        Details = r.Bytes(at + 6),
        Status = EnumText<OtpStatus>.Parse(r.GetString(at + 7)),
        Reason = r.Text(at + 8) is { } reason ? EnumText<OtpReason>.Parse(reason) : null,
        Sequence = r.GetInt64(at + 9),
        Attempts = r.GetInt32(at + 10),
        MaxAttempts = r.GetInt32(at + 11),
        Ttl = r.GetInt32(at + 12),
        Parts = r.GetInt32(at + 13),
        Cost = r.GetDecimal(at + 14),
        Metadata = r.IsDBNull(at + 15) ? null : r.Bytes(at + 15),
        VerifiedBy = r.IsDBNull(at + 16) ? null : r.Bytes(at + 16),
        CreatedAt = r.GetDateTime(at + 17),
        ExpiresAt = r.GetDateTime(at + 18),
        FinalAt = r.Value<DateTime>(at + 19),
        DeliverySequence = r.GetInt64(at + 20),
        CallbackEvents = r.Text(at + 21) is { } events ? EnumText<CallbackEvents>.Parse(events) : null,
    };

    public static Delivery ReadDelivery(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(0),
        OtpId = r.GetGuid(1),
        Channel = EnumText<Channel>.Parse(r.GetString(2)),
        Provider = r.GetString(3),
        Step = r.GetInt32(4),
        Attempt = r.GetInt32(5),
        Status = EnumText<DeliveryStatus>.Parse(r.GetString(6)),
        Reason = r.Text(7),
        ProviderMessageId = r.Text(8),
        DueAt = r.GetDateTime(9),
        PublishDueAt = r.GetDateTime(10),
        Republished = r.GetInt32(11),
        LeaseId = r.Value<Guid>(12),
        LeaseUntil = r.Value<DateTime>(13),
        CreatedAt = r.GetDateTime(14),
        UpdatedAt = r.GetDateTime(15),
        ApplicationId = r.GetGuid(16),
        WaitingSince = r.Value<DateTime>(17),
    };

    public static OtpChange ReadChange(NpgsqlDataReader r, int at = 0) => new()
    {
        OtpId = r.GetGuid(at),
        Sequence = r.GetInt64(at + 1),
        Kind = EnumText<OtpChangeKind>.Parse(r.GetString(at + 2)),
        DeliveryId = r.Value<Guid>(at + 3),
        Status = r.GetString(at + 4),
        Reason = r.Text(at + 5),
        OccurredAt = r.GetDateTime(at + 6),
    };

    public static OtpPin ReadPin(NpgsqlDataReader r, int at = 0) => new()
    {
        OtpId = r.GetGuid(at),
        Version = r.GetInt32(at + 1),
        Ciphertext = r.Bytes(at + 2),
        KeyId = r.GetString(at + 3),
        ValidUntil = r.GetDateTime(at + 4),
        Exact = r.GetBoolean(at + 5),
        Message = r.IsDBNull(at + 6) ? null : r.Bytes(at + 6),
    };

    public static OtpSubmission ReadSubmission(NpgsqlDataReader r) => new()
    {
        OtpId = r.GetGuid(0),
        Hash = r.Bytes(1),
        Code = r.Value<int>(2),
    };

    public static RecipientHistory ReadHistory(NpgsqlDataReader r) => ReadHistory(r, 0);

    public static RecipientHistory ReadHistory(NpgsqlDataReader r, int at) => new()
    {
        ApplicationId = r.GetGuid(at),
        RecipientHash = r.Bytes(at + 1),
        Sends = r.GetFieldValue<long[]>(at + 2),
        FailedGuesses = r.GetInt32(at + 3),
        CoolOffUntil = r.Value<DateTime>(at + 4),
        UpdatedAt = r.GetDateTime(at + 5),
    };

    public static async Task<List<T>> ReadAllAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        await reader.NextResultAsync(cancellationToken);
        return rows;
    }
}
