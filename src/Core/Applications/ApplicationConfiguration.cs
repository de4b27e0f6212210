using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Core.Applications;

internal sealed class ApplicationConfiguration : IEntityTypeConfiguration<Application>
{
    private static readonly JsonSerializerOptions Json = new(
        JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

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
        builder.Ignore(a => a.IsTest);
        builder.Property(a => a.CreatedAt).HasColumnName("created_at").HasDefaultValueSql("CURRENT_TIMESTAMP");
        builder.Property(a => a.RevokedAt).HasColumnName("revoked_at");

        // When two operators change one application at once, the later one gets an error.
        builder.Property(a => a.UpdatedAt).HasColumnName("updated_at").IsConcurrencyToken();
    }
}
