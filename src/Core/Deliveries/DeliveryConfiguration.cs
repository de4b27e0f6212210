using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Core.Deliveries;

internal sealed class DeliveryConfiguration : IEntityTypeConfiguration<Delivery>
{
    public void Configure(EntityTypeBuilder<Delivery> builder)
    {
        builder.ToTable("deliveries");

        // An attempt exists only once, even if the code above this has a bug. Every change of a delivery writes this key anew, so the id,
        // by which nothing is found without its OTP, has no index.
        builder.HasKey(d => new { d.OtpId, d.Step, d.Attempt }).HasName("pk_deliveries");
        builder.Property(d => d.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(d => d.OtpId).HasColumnName("otp_id");
        builder.Property(d => d.ApplicationId).HasColumnName("application_id");
        builder.Property(d => d.Channel).HasColumnName("channel").AsLowerText();
        builder.Property(d => d.Provider).HasColumnName("provider").HasMaxLength(64);
        builder.Property(d => d.Route).HasColumnName("route").HasMaxLength(DeliveryRoute.MaxName).HasDefaultValue(DeliveryRoute.Default);
        builder.Property(d => d.Round).HasColumnName("round").HasDefaultValue(1);
        builder.Property(d => d.Tried).HasColumnName("tried").HasMaxLength(Delivery.MaxTried).HasDefaultValue("");
        builder.Property(d => d.Cost).HasColumnName("cost").HasPrecision(18, 6).HasDefaultValue(0m);
        builder.Property(d => d.Step).HasColumnName("step").ValueGeneratedNever();
        builder.Property(d => d.Attempt).HasColumnName("attempt").ValueGeneratedNever();

        // The default lets hosts of the previous version write during a rollout.
        builder.Property(d => d.IsResend).HasColumnName("is_resend").HasDefaultValue(false);
        builder.Property(d => d.Status).HasColumnName("status").AsUpperText();
        builder.Property(d => d.Reason).HasColumnName("reason").HasMaxLength(64);
        builder.Property(d => d.ProviderMessageId).HasColumnName("provider_message_id").HasMaxLength(255);
        builder.Property(d => d.DueAt).HasColumnName("due_at");
        builder.Property(d => d.PublishDueAt).HasColumnName("publish_due_at");
        builder.Property(d => d.WaitingSince).HasColumnName("waiting_since");
        builder.Property(d => d.TraceParent).HasColumnName("trace_parent").HasMaxLength(64);
        builder.Property(d => d.Republished).HasColumnName("republished");
        builder.Property(d => d.LeaseId).HasColumnName("lease_id");
        builder.Property(d => d.LeaseUntil).HasColumnName("lease_until");
        builder.Property(d => d.CreatedAt).HasColumnName("created_at");
        builder.Property(d => d.UpdatedAt).HasColumnName("updated_at");
        builder.Property(d => d.SentAt).HasColumnName("sent_at");
        builder.Property(d => d.DeliveredAt).HasColumnName("delivered_at");
        builder.Property(d => d.ReadAt).HasColumnName("read_at");
        builder.Ignore(d => d.Times);
        builder.Ignore(d => d.IsTest);

        // The first index counts an application's published deliveries and finds its lost ones; the second holds the waiting ones.
        builder.HasIndex(d => new { d.Channel, d.ApplicationId, d.PublishDueAt }).HasDatabaseName("ix_deliveries_published")
            .HasFilter("status = 'QUEUED' AND waiting_since IS NULL");
        builder.HasIndex(d => new { d.Channel, d.ApplicationId, d.DueAt }).HasDatabaseName("ix_deliveries_waiting")
            .HasFilter("status = 'QUEUED' AND waiting_since IS NOT NULL");

        // Finds the delivery of a receipt that has no token of ours. No receipt of the sandbox comes that way.
        builder.HasIndex(d => new { d.Provider, d.ProviderMessageId }).HasDatabaseName("ix_deliveries_provider_message")
            .HasFilter("provider_message_id IS NOT NULL AND provider <> 'sandbox'");
        builder.HasIndex(d => d.LeaseUntil).HasDatabaseName("ix_deliveries_lease_until_sending").HasFilter("status = 'SENDING'");
    }
}
