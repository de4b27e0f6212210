using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Deliveries.Providers;

/// <summary>A test message that an operator sends through one provider; a worker that has it answers in the row.</summary>
public sealed class ProviderTest
{
    public required Guid Id { get; init; }

    public required string Provider { get; init; }

    /// <summary><see cref="ProviderTestMessage"/>, encrypted.</summary>
    public required byte[] Message { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime? ClaimedAt { get; init; }

    /// <summary><see cref="ProviderTestResult"/> as JSON; null until then.</summary>
    public string? Result { get; init; }
}

/// <summary>The readable part of a <see cref="ProviderTest"/>.</summary>
public sealed record ProviderTestMessage(string Channel, string Recipient, string? CountryIso, string From)
{
    /// <summary>Prints the type name only.</summary>
    public override string ToString() => nameof(ProviderTestMessage);
}

/// <summary>How the provider took a test message.</summary>
/// <param name="Outcome">accepted, refused, failed, throttled, not_sent or unknown.</param>
/// <param name="Reason">Its stable code; null for accepted.</param>
/// <param name="ProviderMessageId">The provider's id of the message.</param>
/// <param name="Milliseconds">How long it took.</param>
public sealed record ProviderTestResult(string Outcome, string? Reason, string? ProviderMessageId, int Milliseconds);

/// <summary>Encrypts test messages.</summary>
public static class ProviderTestEncryption
{
    private const string Purpose = "provider-test";

    public static byte[] EncryptProviderTest(this OtpSecrets secrets, Guid id, ProviderTestMessage message) =>
        secrets.EncryptJson(Purpose, id, message, ProviderJson.Default.ProviderTestMessage);

    public static ProviderTestMessage DecryptProviderTest(this OtpSecrets secrets, Guid id, byte[] message) =>
        secrets.DecryptJson(Purpose, id, message, ProviderJson.Default.ProviderTestMessage);
}

internal sealed class ProviderTestConfiguration : IEntityTypeConfiguration<ProviderTest>
{
    public void Configure(EntityTypeBuilder<ProviderTest> builder)
    {
        builder.ToTable("provider_tests");
        builder.HasKey(t => t.Id).HasName("pk_provider_tests");
        builder.Property(t => t.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(t => t.Provider).HasColumnName("provider").HasMaxLength(64);
        builder.Property(t => t.Message).HasColumnName("message");
        builder.Property(t => t.CreatedAt).HasColumnName("created_at");
        builder.Property(t => t.ClaimedAt).HasColumnName("claimed_at");
        builder.Property(t => t.Result).HasColumnName("result").HasMaxLength(1000);
    }
}
