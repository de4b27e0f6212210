using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Core.Sandbox;

/// <summary>A callback received by the sandbox; stored as long as a sandbox message.</summary>
public sealed class SandboxCallback
{
    public required Guid Id { get; init; }

    public required Guid OtpId { get; init; }

    /// <summary><see cref="SandboxCallbackContent"/>, encrypted.</summary>
    public required byte[] Content { get; init; }

    public DateTime ReceivedAt { get; init; }
}

/// <summary>The readable part of a <see cref="SandboxCallback"/>.</summary>
/// <param name="Path">Path of the request.</param>
/// <param name="Headers">The webhook headers.</param>
/// <param name="Body">The body as sent.</param>
public sealed record SandboxCallbackContent(string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>Prints the type name only.</summary>
    public override string ToString() => nameof(SandboxCallbackContent);
}

internal sealed class SandboxCallbackConfiguration : IEntityTypeConfiguration<SandboxCallback>
{
    public void Configure(EntityTypeBuilder<SandboxCallback> builder)
    {
        builder.ToTable("sandbox_callbacks");
        builder.HasKey(c => c.Id).HasName("pk_sandbox_callbacks");
        builder.Property(c => c.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(c => c.OtpId).HasColumnName("otp_id");
        builder.Property(c => c.Content).HasColumnName("content");
        builder.Property(c => c.ReceivedAt).HasColumnName("received_at");
        builder.HasIndex(c => c.OtpId).HasDatabaseName("ix_sandbox_callbacks_otp_id");
        builder.HasIndex(c => c.ReceivedAt).HasDatabaseName("ix_sandbox_callbacks_received_at");
    }
}
