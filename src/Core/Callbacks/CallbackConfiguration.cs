using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Core.Callbacks;

internal sealed class CallbackConfiguration : IEntityTypeConfiguration<Callback>
{
    public void Configure(EntityTypeBuilder<Callback> builder)
    {
        builder.ToTable("callbacks");
        builder.HasKey(c => c.Id).HasName("pk_callbacks");
        builder.Property(c => c.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(c => c.OtpId).HasColumnName("otp_id");
        builder.Property(c => c.ApplicationId).HasColumnName("application_id");
        builder.Property(c => c.Sequence).HasColumnName("sequence");
        builder.Property(c => c.Previous).HasColumnName("previous").HasDefaultValue(0L);
        builder.Property(c => c.Status).HasColumnName("status").AsUpperText();
        builder.Property(c => c.Reason).HasColumnName("reason").HasMaxLength(64);
        builder.Property(c => c.Content).HasColumnName("content");
        builder.Property(c => c.Attempts).HasColumnName("attempts");
        builder.Property(c => c.Failures).HasColumnName("failures");
        builder.Property(c => c.DueAt).HasColumnName("due_at");
        builder.Property(c => c.LeaseId).HasColumnName("lease_id");
        builder.Property(c => c.CreatedAt).HasColumnName("created_at");
        builder.Property(c => c.UpdatedAt).HasColumnName("updated_at");

        // Each change has at most one callback.
        builder.HasIndex(c => new { c.OtpId, c.Sequence }).IsUnique().HasDatabaseName("ux_callbacks_change");

        // Applications take turns: a claim does not read the backlog of one before another's.
        builder.HasIndex(c => new { c.ApplicationId, c.DueAt }).HasDatabaseName("ix_callbacks_application_due_pending")
            .HasFilter("status = 'PENDING'");
        builder.HasIndex(c => c.Id).HasDatabaseName("ix_callbacks_id_parked").HasFilter("status = 'PARKED'");

        // For an operator's list: newest first, of one status.
        builder.HasIndex(c => new { c.Status, c.CreatedAt, c.Id }).HasDatabaseName("ix_callbacks_status_created")
            .HasFilter("status <> 'PENDING'");
    }
}

internal sealed class CallbackAttemptConfiguration : IEntityTypeConfiguration<CallbackAttempt>
{
    public void Configure(EntityTypeBuilder<CallbackAttempt> builder)
    {
        builder.ToTable("callback_attempts");
        builder.HasKey(a => new { a.CallbackId, a.Number }).HasName("pk_callback_attempts");
        builder.Property(a => a.CallbackId).HasColumnName("callback_id");
        builder.Property(a => a.Number).HasColumnName("number");
        builder.Property(a => a.StartedAt).HasColumnName("started_at");
        builder.Property(a => a.DurationMs).HasColumnName("duration_ms");
        builder.Property(a => a.HttpStatus).HasColumnName("http_status");
        builder.Property(a => a.Error).HasColumnName("error").HasMaxLength(32);
        builder.Property(a => a.Answer).HasColumnName("answer").HasMaxLength(640);
    }
}
