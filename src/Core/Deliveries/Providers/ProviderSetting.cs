using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Core.Deliveries.Providers;

/// <summary>What an operator set for a provider at run time; the workers read it every two seconds.</summary>
public sealed class ProviderSetting
{
    public required string Provider { get; init; }

    /// <summary>It gets no messages.</summary>
    public bool Paused { get; set; }

    /// <summary>Its share in routes with weights; null for that of the route.</summary>
    public int? Weight { get; set; }

    public DateTime UpdatedAt { get; set; }
}

internal sealed class ProviderSettingConfiguration : IEntityTypeConfiguration<ProviderSetting>
{
    public void Configure(EntityTypeBuilder<ProviderSetting> builder)
    {
        builder.ToTable("provider_settings");
        builder.HasKey(s => s.Provider).HasName("pk_provider_settings");
        builder.Property(s => s.Provider).HasColumnName("provider").HasMaxLength(64);
        builder.Property(s => s.Paused).HasColumnName("paused");
        builder.Property(s => s.Weight).HasColumnName("weight");
        builder.Property(s => s.UpdatedAt).HasColumnName("updated_at");
    }
}
