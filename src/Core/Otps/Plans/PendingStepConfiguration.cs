using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Core.Otps.Plans;

internal sealed class PendingStepConfiguration : IEntityTypeConfiguration<PendingStep>
{
    public void Configure(EntityTypeBuilder<PendingStep> builder)
    {
        builder.ToTable("pending_steps");
        builder.HasKey(s => s.OtpId).HasName("pk_pending_steps");
        builder.Property(s => s.OtpId).HasColumnName("otp_id").ValueGeneratedNever();
        builder.Property(s => s.ApplicationId).HasColumnName("application_id");
        builder.Property(s => s.Step).HasColumnName("step");
        builder.Property(s => s.DueAt).HasColumnName("due_at");
        builder.HasIndex(s => s.DueAt).HasDatabaseName("ix_pending_steps_due_at");
    }
}
