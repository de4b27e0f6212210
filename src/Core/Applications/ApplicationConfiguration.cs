using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Core.Applications;

internal sealed class ApplicationConfiguration : IEntityTypeConfiguration<Application>
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public void Configure(EntityTypeBuilder<Application> builder)
    {
        builder.ToTable("applications");
        builder.HasKey(a => a.Id).HasName("pk_applications");
        builder.Property(a => a.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(a => a.Name).HasColumnName("name").HasMaxLength(100);
        builder.Property(a => a.Active).HasColumnName("active");
        builder.Property(a => a.Settings).HasColumnName("settings").HasConversion(
            s => JsonSerializer.Serialize(s, Json), t => JsonSerializer.Deserialize<ApplicationSettings>(t, Json)!);
        builder.Property(a => a.CallbackUrl).HasColumnName("callback_url");
        builder.Property(a => a.CreatedAt).HasColumnName("created_at").HasDefaultValueSql("CURRENT_TIMESTAMP");
        builder.Property(a => a.RevokedAt).HasColumnName("revoked_at");

        // Two operators who change one application at once: the later one is told.
        builder.Property(a => a.UpdatedAt).HasColumnName("updated_at").IsConcurrencyToken();
    }
}

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_keys");
        builder.HasKey(k => k.Id).HasName("pk_api_keys");
        builder.Property(k => k.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(k => k.ApplicationId).HasColumnName("application_id");
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

internal sealed class ApplicationSpendingConfiguration : IEntityTypeConfiguration<ApplicationSpending>
{
    public void Configure(EntityTypeBuilder<ApplicationSpending> builder)
    {
        builder.ToTable("application_spendings");
        builder.HasKey(s => new { s.ApplicationId, s.Day }).HasName("pk_application_spendings");
        builder.Property(s => s.ApplicationId).HasColumnName("application_id");
        builder.Property(s => s.Day).HasColumnName("day");
        builder.Property(s => s.Spent).HasColumnName("spent").HasPrecision(18, 6);
    }
}

internal sealed class RecipientHistoryConfiguration : IEntityTypeConfiguration<RecipientHistory>
{
    public void Configure(EntityTypeBuilder<RecipientHistory> builder)
    {
        builder.ToTable("recipient_histories");
        builder.HasKey(h => new { h.ApplicationId, h.RecipientHash }).HasName("pk_recipient_histories");
        builder.Property(h => h.ApplicationId).HasColumnName("application_id");
        builder.Property(h => h.RecipientHash).HasColumnName("recipient_hash").HasMaxLength(32);
        builder.Property(h => h.Sends).HasColumnName("sends");
        builder.Property(h => h.FailedGuesses).HasColumnName("failed_guesses");
        builder.Property(h => h.CoolOffUntil).HasColumnName("cool_off_until");
        builder.Property(h => h.UpdatedAt).HasColumnName("updated_at");
        builder.HasIndex(h => h.UpdatedAt).HasDatabaseName("ix_recipient_histories_updated_at");
    }
}
