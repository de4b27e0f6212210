using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OtpPipeline.Core.Deliveries.Providers;

/// <summary>The state of a provider in one worker process, written every two seconds.</summary>
public sealed class ProviderReport
{
    public required string Provider { get; init; }

    public required Guid ProcessId { get; init; }

    public DateTime ReportedAt { get; init; }

    /// <summary><see cref="ProviderReading"/> as JSON.</summary>
    public required string Reading { get; init; }
}

/// <summary>What one process knows of a provider.</summary>
/// <param name="Running">Messages under way.</param>
/// <param name="Concurrency">At most so many; null for no limit.</param>
/// <param name="MessagesPerSecond">Over all processes; null for no limit.</param>
/// <param name="Breaker">closed, open or half_open.</param>
/// <param name="UnusableFor">Seconds until it may be asked again; 0 for now.</param>
/// <param name="LastMinute">Outcomes of the last minute by their word.</param>
/// <param name="LastErrors">The newest first.</param>
public sealed record ProviderReading(
    int Running, int? Concurrency, int? MessagesPerSecond, string Breaker, double UnusableFor, IReadOnlyDictionary<string, int> LastMinute,
    IReadOnlyList<ProviderError> LastErrors);

/// <summary>An outcome that was no success.</summary>
/// <param name="At">When, by the process's clock.</param>
/// <param name="Outcome">refused, failed, throttled, not_sent or unknown.</param>
/// <param name="Reason">Its stable code.</param>
public sealed record ProviderError(DateTime At, string Outcome, string Reason);

internal sealed class ProviderReportConfiguration : IEntityTypeConfiguration<ProviderReport>
{
    public void Configure(EntityTypeBuilder<ProviderReport> builder)
    {
        builder.ToTable("provider_reports");
        builder.HasKey(r => new { r.Provider, r.ProcessId }).HasName("pk_provider_reports");
        builder.Property(r => r.Provider).HasColumnName("provider").HasMaxLength(64);
        builder.Property(r => r.ProcessId).HasColumnName("process_id");
        builder.Property(r => r.ReportedAt).HasColumnName("reported_at");
        builder.Property(r => r.Reading).HasColumnName("reading").HasMaxLength(4000);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProviderReading))]
[JsonSerializable(typeof(ProviderTestMessage))]
[JsonSerializable(typeof(ProviderTestResult))]
public sealed partial class ProviderJson : JsonSerializerContext;
