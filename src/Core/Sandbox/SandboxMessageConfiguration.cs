using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Core.Sandbox;

internal sealed class SandboxMessageConfiguration : IEntityTypeConfiguration<SandboxMessage>
{
    public void Configure(EntityTypeBuilder<SandboxMessage> builder)
    {
        builder.ToTable("sandbox_messages");
        builder.HasKey(m => m.Id).HasName("pk_sandbox_messages");
        builder.Property(m => m.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(m => m.ApplicationId).HasColumnName("application_id");

        // The default lets workers of the previous version write during a rollout.
        builder.Property(m => m.IsTest).HasColumnName("is_test").HasDefaultValue(false);
        builder.Property(m => m.RecipientHash).HasColumnName("recipient_hash").HasMaxLength(32);
        builder.Property(m => m.Content).HasColumnName("content");
        builder.Property(m => m.SentAt).HasColumnName("sent_at");
        builder.HasIndex(m => new { m.ApplicationId, m.RecipientHash }).HasDatabaseName("ix_sandbox_messages_recipient");
        builder.HasIndex(m => m.SentAt).HasDatabaseName("ix_sandbox_messages_sent_at");
    }
}
