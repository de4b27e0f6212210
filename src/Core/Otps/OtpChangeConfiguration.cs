using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Core.Otps;

internal sealed class OtpChangeConfiguration : IEntityTypeConfiguration<OtpChange>
{
    public void Configure(EntityTypeBuilder<OtpChange> builder)
    {
        builder.ToTable("otp_changes");
        builder.HasKey(c => new { c.OtpId, c.Sequence }).HasName("pk_otp_changes");
        builder.Property(c => c.OtpId).HasColumnName("otp_id");
        builder.Property(c => c.Sequence).HasColumnName("sequence").ValueGeneratedNever();
        builder.Property(c => c.Kind).HasColumnName("kind").AsLowerText();
        builder.Property(c => c.DeliveryId).HasColumnName("delivery_id");
        builder.Property(c => c.Status).HasColumnName("status").HasMaxLength(16);
        builder.Property(c => c.Reason).HasColumnName("reason").HasMaxLength(64);
        builder.Property(c => c.OccurredAt).HasColumnName("occurred_at");
    }
}
