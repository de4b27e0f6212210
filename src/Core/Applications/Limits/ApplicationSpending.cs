using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Core.Applications.Limits;

/// <summary>What an application spent on one day (UTC); a row exists only with a spending limit.</summary>
public sealed class ApplicationSpending
{
    public required Guid ApplicationId { get; init; }

    public required DateOnly Day { get; init; }

    public decimal Spent { get; set; }
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
