using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Core.Applications.Identifiers;

internal sealed class ApplicationIdentifierConfiguration : IEntityTypeConfiguration<ApplicationIdentifier>
{
    public void Configure(EntityTypeBuilder<ApplicationIdentifier> builder)
    {
        builder.ToTable("application_identifiers");
        builder.HasKey(i => i.Id).HasName("pk_application_identifiers");
        builder.Property(i => i.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(i => i.ApplicationId).HasColumnName("application_id");
        builder.Property(i => i.Kind).HasColumnName("kind").AsLowerText().HasMaxLength(32);
        builder.Property(i => i.Identifier).HasColumnName("identifier").HasMaxLength(200);
        builder.Property(i => i.Display).HasColumnName("display").HasMaxLength(200);
        builder.Property(i => i.SecretHash).HasColumnName("secret_hash").HasMaxLength(32);
        builder.Property(i => i.PreviousSecretHash).HasColumnName("previous_secret_hash").HasMaxLength(32);
        builder.Property(i => i.Settings).HasColumnName("settings").HasConversion(
            s => JsonSerializer.Serialize(s, JsonSerializerOptions.Default),
            t => JsonSerializer.Deserialize<Dictionary<string, string>>(t, JsonSerializerOptions.Default)!,
            new ValueComparer<IReadOnlyDictionary<string, string>>((a, b) => ReferenceEquals(a, b), s => s.Count, s => s));
        builder.Property(i => i.CreatedAt).HasColumnName("created_at");
        builder.Property(i => i.UpdatedAt).HasColumnName("updated_at");
        builder.HasIndex(i => new { i.Kind, i.Identifier }).IsUnique().HasDatabaseName("ux_application_identifiers_kind_identifier");
        builder.HasIndex(i => i.ApplicationId).HasDatabaseName("ix_application_identifiers_application_id");
    }
}
