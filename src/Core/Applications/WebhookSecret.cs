using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Core.Applications;

/// <summary>A secret that signs an application's callbacks; the two newest sign at once, so that it can be changed without a gap.</summary>
public sealed class WebhookSecret
{
    /// <summary>How many sign at once.</summary>
    public const int ValidAtOnce = 2;

    public required Guid Id { get; init; }

    public required Guid ApplicationId { get; init; }

    /// <summary>Its bytes, encrypted.</summary>
    public required byte[] Secret { get; init; }

    /// <summary>It came from the configuration, which also takes it away.</summary>
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
