using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Outbox;

/// <summary>Section <c>Outbox</c>.</summary>
public sealed class OutboxOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Outbox";

    /// <summary>
    /// How long only the writer, or one sweeper, may send a row. 2 s to 10 min; more than three times <see cref="PublishTimeout"/>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one message may wait for the broker's confirmation. 100 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Messages kept in memory between commit and publish; the sweeper sends any excess. 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int QueueCapacity { get; set; } = 20_000;

    /// <summary>Maximum concurrent publishes, counted separately for dispatcher and sweeper. 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int Concurrency { get; set; } = 256;

    /// <summary>Rows claimed or deleted in one statement. 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 500;

    /// <summary>How often the sweeper looks for due rows. 10 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Failed attempts after which a row is parked. 1 to 1,000.</summary>
    [Range(1, 1000)]
    public int MaxAttempts { get; set; } = 20;

    /// <summary>Delay after a row's first failed attempt; each further failure doubles it. 10 ms to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest delay between two attempts. 10 ms to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00")]
    public TimeSpan RetryMaxDelay { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Consecutive failures after which the broker counts as down. 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int BrokerDownThreshold { get; set; } = 5;

    /// <summary>How often one message probes the broker while it is down. 10 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan BrokerProbeInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Lease <= 3 * PublishTimeout)
        {
            yield return new ValidationResult(
                $"Outbox:Lease ({Lease}) must be more than three times Outbox:PublishTimeout ({PublishTimeout}).", [nameof(Lease)]);
        }

        if (RetryMaxDelay < RetryBaseDelay)
        {
            yield return new ValidationResult(
                $"Outbox:RetryMaxDelay ({RetryMaxDelay}) must not be shorter than Outbox:RetryBaseDelay ({RetryBaseDelay}).",
                [nameof(RetryMaxDelay)]);
        }
    }
}
