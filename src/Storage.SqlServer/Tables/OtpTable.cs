using System.Data.Common;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Tables;

/// <summary>SQL for table otps (alias o).</summary>
internal static class OtpTable
{
    public const string Columns =
        "o.id, o.application_id, o.track_id, o.channel, o.country_iso, o.recipient_hash, o.details, o.status, o.reason, o.sequence, "
        + "o.attempts, o.max_attempts, o.ttl, o.parts, o.cost, o.metadata, o.verified_by, o.created_at, o.expires_at, o.final_at, "
        + "o.delivery_sequence, o.callback_events, o.[plan], o.is_test, o.events";

    public const int Width = 25;

    private static readonly RowSet<Otp> New = new(
        "new_otps",
        Column.Id<Otp>("id", o => o.Id),
        Column.Id<Otp>("application_id", o => o.ApplicationId),
        Column.Id<Otp>("track_id", o => o.TrackId),
        Column.Text<Otp>("channel", 16, o => o.Channel.Text()),
        Column.Text<Otp>("country_iso", 2, o => o.CountryIso),
        Column.Hash<Otp>("recipient_hash", o => o.RecipientHash),
        Column.Hash<Otp>("limit_hash", o => o.LimitHash),
        Column.Hash<Otp>("lookup_hash", o => o.LookupHash),
        Column.Hash<Otp>("external_hash", o => o.ExternalHash),
        Column.Bytes<Otp>("details", o => o.Details),
        Column.Number<Otp>("max_attempts", o => o.MaxAttempts),
        Column.Number<Otp>("ttl", o => o.Ttl),
        Column.Number<Otp>("parts", o => o.Parts),
        Column.Amount<Otp>("cost", o => o.Cost),
        Column.Bytes<Otp>("metadata", o => o.Metadata),
        Column.Time<Otp>("created_at", o => o.CreatedAt),
        Column.Time<Otp>("expires_at", o => o.ExpiresAt),
        Column.Text<Otp>(
            "callback_events", 16, o => o.CallbackEvents is { } events ? EnumText<CallbackEvents>.Lower(events) : null),
        Column.Text<Otp>("[plan]", 100, o => o.Plan),
        Column.Flag<Otp>("is_test", o => o.IsTest),
        Column.Text<Otp>("events", 16, o => o.Events is { } events ? EnumText<PublishedEvents>.Lower(events) : null));

    private static readonly RowSet<Otp> Changed = new(
        "otps",
        Column.Id<Otp>("id", o => o.Id),
        Column.Text<Otp>("status", 16, o => EnumText<OtpStatus>.Upper(o.Status)),
        Column.Text<Otp>("reason", 16, o => o.Reason is { } reason ? EnumText<OtpReason>.Lower(reason) : null),
        Column.Long<Otp>("sequence", o => o.Sequence),
        Column.Number<Otp>("attempts", o => o.Attempts),
        Column.Hash<Otp>("verified_by", o => o.VerifiedBy),
        Column.Time<Otp>("final_at", o => o.FinalAt),
        Column.Long<Otp>("delivery_sequence", o => o.DeliverySequence));

    private static readonly RowSet<byte[]> Lookups = new("lookups", Column.Hash<byte[]>("lookup_hash", l => l));

    private static readonly string InsertSql =
        $"""
        INSERT INTO otps (id, application_id, track_id, channel, country_iso, recipient_hash, limit_hash, lookup_hash, external_hash, details,
                          status, sequence, attempts, max_attempts, ttl, parts, cost, metadata, created_at, expires_at, delivery_sequence,
                          callback_events, [plan], is_test, events)
        SELECT id, application_id, track_id, channel, country_iso, recipient_hash, limit_hash, lookup_hash, external_hash, details,
               'PENDING', 1, 0, max_attempts, ttl, parts, cost, metadata, created_at, expires_at, 0, callback_events, [plan], is_test, events
        FROM {New.Table} n
        """;

    private static readonly string UpdateSql =
        $"""
        UPDATE o
        SET status = u.status, reason = u.reason, sequence = u.sequence, attempts = u.attempts, verified_by = u.verified_by,
            final_at = u.final_at, delivery_sequence = u.delivery_sequence
        FROM {Changed.Table} u JOIN otps o WITH (ROWLOCK, FORCESEEK) ON o.id = u.id
        {Hints.ByKey}
        """;

    private static readonly string FindLiveSql =
        $"""
        {SqlServerBatch.ReadClock}
        SELECT o.lookup_hash FROM {Lookups.Table} l
        JOIN otps o ON o.lookup_hash = l.lookup_hash AND o.lookup_hash IS NOT NULL
        WHERE o.status = 'PENDING' AND o.expires_at > @now
        {Hints.ByKey}
        """;

    public static Otp Read(DbDataReader r) => Read(r, 0);

    public static Otp Read(DbDataReader r, int at) => new()
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
        Metadata = r.MaybeBytes(at + 15),
        VerifiedBy = r.MaybeBytes(at + 16),
        CreatedAt = r.Time(at + 17),
        ExpiresAt = r.Time(at + 18),
        FinalAt = r.MaybeTime(at + 19),
        DeliverySequence = r.GetInt64(at + 20),
        CallbackEvents = r.Text(at + 21) is { } events ? EnumText<CallbackEvents>.Parse(events) : null,
        Plan = r.Text(at + 22),
        IsTest = r.GetBoolean(at + 23),
        Events = r.Text(at + 24) is { } published ? EnumText<PublishedEvents>.Parse(published) : null,
    };

    public static void Insert(SqlServerBatch batch, IReadOnlyCollection<Otp> otps) => batch.Add(InsertSql, New.Of(otps));

    public static void Update(SqlServerBatch batch, IReadOnlyCollection<Otp> otps) => batch.Add(UpdateSql, Changed.Of(otps));

    /// <summary>
    /// Returns the lookup hashes that a live OTP has. A transaction that creates another such OTP locks its recipient's history.
    /// </summary>
    public static void FindLive(SqlServerBatch batch, IReadOnlyCollection<byte[]> lookups) => batch.Add(FindLiveSql, Lookups.Of(lookups));
}
