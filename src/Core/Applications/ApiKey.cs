using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Core.Applications;

/// <summary>A key of an application; only its hash is stored.</summary>
public sealed class ApiKey
{
    public required Guid Id { get; init; }

    public required Guid ApplicationId { get; init; }

    public KeyKind Kind { get; init; }

    /// <summary>The first characters, for operators to recognise the key.</summary>
    public required string Prefix { get; init; }

    /// <summary>Keyed hash of the key.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The allowed scopes, such as otp.</summary>
    public required string[] Scopes { get; set; }

    public DateTime CreatedAt { get; init; }

    /// <summary>Accurate to about a minute.</summary>
    public DateTime? LastUsedAt { get; set; }

    public DateTime? ExpiresAt { get; set; }

    public DateTime? RevokedAt { get; set; }
}

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_keys");
        builder.HasKey(k => k.Id).HasName("pk_api_keys");
        builder.Property(k => k.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(k => k.ApplicationId).HasColumnName("application_id");
        builder.Property(k => k.Kind).HasColumnName("kind").AsLowerText().HasDefaultValue(KeyKind.Live);
        builder.Property(k => k.Prefix).HasColumnName("prefix").HasMaxLength(16);
        builder.Property(k => k.Hash).HasColumnName("hash").HasMaxLength(32);
        builder.Property(k => k.Scopes).HasColumnName("scopes").HasMaxLength(400).HasConversion(
            s => string.Join(' ', s),
            t => t.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            new ValueComparer<string[]>((a, b) => a!.SequenceEqual(b!), s => s.Length, s => s.ToArray()));
        builder.Property(k => k.CreatedAt).HasColumnName("created_at");
        builder.Property(k => k.LastUsedAt).HasColumnName("last_used_at");
        builder.Property(k => k.ExpiresAt).HasColumnName("expires_at");
        builder.Property(k => k.RevokedAt).HasColumnName("revoked_at");
        builder.HasIndex(k => k.Hash).IsUnique().HasDatabaseName("ux_api_keys_hash");
        builder.HasIndex(k => k.ApplicationId).HasDatabaseName("ix_api_keys_application_id");
    }
}
