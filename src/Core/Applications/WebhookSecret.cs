using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Core.Applications;

/// <summary>A secret that signs an application's callbacks.</summary>
/// <remarks>The two newest sign at the same time, so that a secret can be changed without a gap.</remarks>
public sealed class WebhookSecret
{
    /// <summary>How many secrets sign at the same time.</summary>
    public const int ValidAtOnce = 2;

    public required Guid Id { get; init; }

    public required Guid ApplicationId { get; init; }

    /// <summary>The secret's bytes, encrypted.</summary>
    public required byte[] Secret { get; init; }

    /// <summary>The secret comes from the configuration, which can also remove it.</summary>
    public bool Seeded { get; init; }

    public DateTime CreatedAt { get; init; }
}

internal sealed class WebhookSecretConfiguration : IEntityTypeConfiguration<WebhookSecret>
{
    public void Configure(EntityTypeBuilder<WebhookSecret> builder)
    {
        builder.ToTable("webhook_secrets");
        builder.HasKey(s => s.Id).HasName("pk_webhook_secrets");
        builder.Property(s => s.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(s => s.ApplicationId).HasColumnName("application_id");
        builder.Property(s => s.Secret).HasColumnName("secret").HasMaxLength(160);
        builder.Property(s => s.Seeded).HasColumnName("seeded");
        builder.Property(s => s.CreatedAt).HasColumnName("created_at");
        builder.HasIndex(s => s.ApplicationId).HasDatabaseName("ix_webhook_secrets_application_id");
    }
}
