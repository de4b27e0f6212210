using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Core.Otps;

internal sealed class OtpConfiguration : IEntityTypeConfiguration<Otp>
{
    public void Configure(EntityTypeBuilder<Otp> builder)
    {
        builder.ToTable("otps");
        builder.HasKey(o => o.Id).HasName("pk_otps");
        builder.Property(o => o.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(o => o.ApplicationId).HasColumnName("application_id");
        builder.Property(o => o.TrackId).HasColumnName("track_id");
        builder.Property(o => o.Channel).HasColumnName("channel").AsLowerText();
        builder.Property(o => o.Plan).HasColumnName("plan").HasMaxLength(100);
        builder.Property(o => o.CountryIso).HasColumnName("country_iso").HasMaxLength(2);
        builder.Property(o => o.RecipientHash).HasColumnName("recipient_hash").HasMaxLength(32);
        builder.Property(o => o.LimitHash).HasColumnName("limit_hash").HasMaxLength(32);
        builder.Property(o => o.LookupHash).HasColumnName("lookup_hash").HasMaxLength(32);
        builder.Property(o => o.ExternalHash).HasColumnName("external_hash").HasMaxLength(32);
        builder.Property(o => o.Details).HasColumnName("details");
        builder.Property(o => o.Status).HasColumnName("status").AsUpperText();
        builder.Property(o => o.Reason).HasColumnName("reason").AsLowerText();
        builder.Property(o => o.Sequence).HasColumnName("sequence");
        builder.Property(o => o.DeliverySequence).HasColumnName("delivery_sequence").HasDefaultValue(0L);
        builder.Property(o => o.CallbackEvents).HasColumnName("callback_events").AsLowerText();
        builder.Property(o => o.Events).HasColumnName("events").AsLowerText();
        builder.Property(o => o.Attempts).HasColumnName("attempts");
        builder.Property(o => o.MaxAttempts).HasColumnName("max_attempts");
        builder.Property(o => o.Ttl).HasColumnName("ttl");
        builder.Property(o => o.Parts).HasColumnName("parts");
        builder.Property(o => o.Cost).HasColumnName("cost").HasPrecision(18, 6);
        builder.Property(o => o.Metadata).HasColumnName("metadata");
        builder.Property(o => o.VerifiedBy).HasColumnName("verified_by").HasMaxLength(32);
        builder.Property(o => o.IsTest).HasColumnName("is_test").HasDefaultValue(false);
        builder.Property(o => o.CreatedAt).HasColumnName("created_at");
        builder.Property(o => o.ExpiresAt).HasColumnName("expires_at");
        builder.Property(o => o.FinalAt).HasColumnName("final_at");

        // No index has a column that an update changes, so an update of an OTP adds no index entry where its page has room:
        // decisions/one-sweeper.
        builder.HasIndex(o => new { o.LookupHash, o.CreatedAt }).HasDatabaseName("ix_otps_lookup_hash")
            .HasFilter("lookup_hash IS NOT NULL");
        builder.HasIndex(o => new { o.ApplicationId, o.CreatedAt, o.Id }).HasDatabaseName("ix_otps_application_id");
        builder.HasIndex(o => new { o.RecipientHash, o.CreatedAt }).HasDatabaseName("ix_otps_recipient_hash");
        builder.HasIndex(o => new { o.TrackId, o.CreatedAt }).HasDatabaseName("ix_otps_track_id").HasFilter("track_id IS NOT NULL");
        builder.HasIndex(o => new { o.ExternalHash, o.CreatedAt }).HasDatabaseName("ix_otps_external_hash")
            .HasFilter("external_hash IS NOT NULL");
    }
}

internal sealed class OtpPinConfiguration : IEntityTypeConfiguration<OtpPin>
{
    public void Configure(EntityTypeBuilder<OtpPin> builder)
    {
        builder.ToTable("otp_pins");
        builder.HasKey(p => new { p.OtpId, p.Version }).HasName("pk_otp_pins");
        builder.Property(p => p.OtpId).HasColumnName("otp_id");
        builder.Property(p => p.Version).HasColumnName("version");
        builder.Property(p => p.Ciphertext).HasColumnName("ciphertext").HasMaxLength(512);
        builder.Property(p => p.KeyId).HasColumnName("key_id").HasMaxLength(32);
        builder.Property(p => p.ValidUntil).HasColumnName("valid_until");
        
        // The default lets hosts of the previous version write during a rollout.
        builder.Property(p => p.Exact).HasColumnName("exact").HasDefaultValue(false);
        builder.Property(p => p.Message).HasColumnName("message");
        builder.Property(p => p.FindHash).HasColumnName("find_hash").HasMaxLength(32);
        builder.Property(p => p.UniqueHash).HasColumnName("unique_hash").HasMaxLength(32);
        builder.HasIndex(p => p.ValidUntil).HasDatabaseName("ix_otp_pins_valid_until");
        builder.HasIndex(p => p.FindHash).HasDatabaseName("ix_otp_pins_find_hash").HasFilter("find_hash IS NOT NULL");
        builder.HasIndex(p => p.UniqueHash).IsUnique().HasDatabaseName("ux_otp_pins_unique_hash").HasFilter("unique_hash IS NOT NULL");
    }
}

internal sealed class IdempotencyKeyConfiguration : IEntityTypeConfiguration<IdempotencyKey>
{
    public void Configure(EntityTypeBuilder<IdempotencyKey> builder)
    {
        builder.ToTable("idempotency_keys");
        builder.HasKey(k => new { k.ApplicationId, k.KeyHash }).HasName("pk_idempotency_keys");
        builder.Property(k => k.ApplicationId).HasColumnName("application_id");
        builder.Property(k => k.KeyHash).HasColumnName("key_hash").HasMaxLength(32);
        builder.Property(k => k.CommandHash).HasColumnName("command_hash").HasMaxLength(32);
        builder.Property(k => k.OtpId).HasColumnName("otp_id");
        builder.Property(k => k.ExpiresAt).HasColumnName("expires_at");
        builder.HasIndex(k => k.ExpiresAt).HasDatabaseName("ix_idempotency_keys_expires_at");
    }
}

internal sealed class OtpSubmissionConfiguration : IEntityTypeConfiguration<OtpSubmission>
{
    public void Configure(EntityTypeBuilder<OtpSubmission> builder)
    {
        builder.ToTable("otp_submissions");
        builder.HasKey(s => new { s.OtpId, s.Hash }).HasName("pk_otp_submissions");
        builder.Property(s => s.OtpId).HasColumnName("otp_id");
        builder.Property(s => s.Hash).HasColumnName("hash").HasMaxLength(32);
        builder.Property(s => s.Code).HasColumnName("code");
        builder.Property(s => s.AttemptsRemaining).HasColumnName("attempts_remaining");
    }
}
