using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Core.DeadLetters;

internal sealed class DeadLetterConfiguration : IEntityTypeConfiguration<DeadLetter>
{
    public void Configure(EntityTypeBuilder<DeadLetter> builder)
    {
        builder.ToTable("dead_letters");
        builder.HasKey(d => d.Id).HasName("pk_dead_letters");
        builder.Property(d => d.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(d => d.Queue).HasColumnName("queue").HasMaxLength(255);
        builder.Property(d => d.MessageId).HasColumnName("message_id");
        builder.Property(d => d.Reason).HasColumnName("reason").HasMaxLength(300);
        builder.Property(d => d.Headers).HasColumnName("headers");
        builder.Property(d => d.Size).HasColumnName("size");
        builder.Property(d => d.Original).HasColumnName("original");
        builder.Property(d => d.CreatedAt).HasColumnName("created_at").HasDefaultValueSql("CURRENT_TIMESTAMP");
        builder.Property(d => d.ReplayedAt).HasColumnName("replayed_at");
        builder.HasIndex(d => d.CreatedAt).HasDatabaseName("ix_dead_letters_created_at");
        builder.HasIndex(d => new { d.Queue, d.CreatedAt, d.Id }).HasDatabaseName("ix_dead_letters_queue");
    }
}
