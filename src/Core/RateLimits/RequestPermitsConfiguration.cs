using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Core.RateLimits;

internal sealed class RequestPermitsConfiguration : IEntityTypeConfiguration<RequestPermits>
{
    public void Configure(EntityTypeBuilder<RequestPermits> builder)
    {
        builder.ToTable("request_permits");
        builder.HasKey(p => p.ApplicationId).HasName("pk_request_permits");
        builder.Property(p => p.ApplicationId).HasColumnName("application_id").ValueGeneratedNever();
        builder.Property(p => p.Minute).HasColumnName("minute");
        builder.Property(p => p.Allowed).HasColumnName("allowed");
        builder.Property(p => p.Leased).HasColumnName("leased");
        builder.Property(p => p.LeasedBefore).HasColumnName("leased_before");
        builder.Property(p => p.Granted).HasColumnName("granted");
    }
}
