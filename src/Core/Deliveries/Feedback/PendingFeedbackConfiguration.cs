using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Core.Deliveries.Feedback;

internal sealed class PendingFeedbackConfiguration : IEntityTypeConfiguration<PendingFeedback>
{
    public void Configure(EntityTypeBuilder<PendingFeedback> builder)
    {
        builder.ToTable("pending_feedback");
        builder.HasKey(f => f.OtpId).HasName("pk_pending_feedback");
        builder.Property(f => f.OtpId).HasColumnName("otp_id").ValueGeneratedNever();
        builder.Property(f => f.Attempt).HasColumnName("attempt");
        builder.Property(f => f.Republished).HasColumnName("republished");
        builder.Property(f => f.DueAt).HasColumnName("due_at");
        builder.HasIndex(f => f.DueAt).HasDatabaseName("ix_pending_feedback_due_at");
    }
}
