using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Core.RateLimits;

/// <summary>How far the messages to a provider are leased, over all processes.</summary>
public sealed class ProviderRate
{
    public required string Provider { get; init; }

    /// <summary>The earliest moment that nobody has leased.</summary>
    public DateTime NextAt { get; set; }
}

internal sealed class ProviderRateConfiguration : IEntityTypeConfiguration<ProviderRate>
{
    public void Configure(EntityTypeBuilder<ProviderRate> builder)
    {
        builder.ToTable("provider_rates");
        builder.HasKey(r => r.Provider).HasName("pk_provider_rates");
        builder.Property(r => r.Provider).HasColumnName("provider").HasMaxLength(64);
        builder.Property(r => r.NextAt).HasColumnName("next_at");
    }
}
