using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Core.Receipts;

internal sealed class KeptReceiptConfiguration : IEntityTypeConfiguration<KeptReceipt>
{
    public void Configure(EntityTypeBuilder<KeptReceipt> builder)
    {
        builder.ToTable("kept_receipts");
        builder.HasKey(r => new { r.Provider, r.ProviderMessageId, r.Status }).HasName("pk_kept_receipts");
        builder.Property(r => r.Provider).HasColumnName("provider").HasMaxLength(64);
        builder.Property(r => r.ProviderMessageId).HasColumnName("provider_message_id").HasMaxLength(ProviderMessage.MaxId);
        builder.Property(r => r.Status).HasColumnName("status").AsUpperText();
        builder.Property(r => r.Reason).HasColumnName("reason").HasMaxLength(64);
        builder.Property(r => r.OccurredAt).HasColumnName("occurred_at");
        builder.Property(r => r.ReceivedAt).HasColumnName("received_at");
        builder.Ignore(r => r.Receipt);
        builder.HasIndex(r => r.ReceivedAt).HasDatabaseName("ix_kept_receipts_received_at");
    }
}
