using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Core.Applications.Limits;

/// <summary>The data for the limits of one recipient of one application.</summary>
public sealed class RecipientHistory
{
    public required Guid ApplicationId { get; init; }

    public required byte[] RecipientHash { get; init; }

    /// <summary>Accepted requests of the last day in Unix milliseconds, oldest first.</summary>
    public long[] Sends { get; set; } = [];

    /// <summary>Consecutive wrong guesses over all OTPs of the recipient.</summary>
    public int FailedGuesses { get; set; }

    /// <summary>Until then, nothing is sent to the recipient and no guess is checked.</summary>
    public DateTime? CoolOffUntil { get; set; }

    public DateTime UpdatedAt { get; set; }
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
