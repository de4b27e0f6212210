using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Workers.Jobs;

/// <summary>Section <c>Jobs</c>: periodic work of every worker. Workers share the work, so more workers need no other settings.</summary>
public sealed class JobOptions
{
    public const string Section = "Jobs";

    /// <summary>
    /// Pause between two searches for expired OTPs. 100 ms to 10 seconds; default 250 ms. It delays the expiry event, as does the publish.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:10")]
    public TimeSpan ExpiryInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>OTPs expired in one transaction. 1 to 5000; default 500.</summary>
    [Range(1, 5000)]
    public int ExpiryBatch { get; set; } = 500;

    /// <summary>
    /// Pause between two searches for ended leases and for lost commands of work or feedback. 100 ms to 1 minute; default 1 second.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan RecoveryInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>OTPs whose deliveries are recovered in one transaction. 1 to 5000; default 200.</summary>
    [Range(1, 5000)]
    public int RecoveryBatch { get; set; } = 200;

    /// <summary>
    /// Pause between two searches for steps of delivery plans whose wait is over. 100 ms to 10 seconds; default 250 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:10")]
    public TimeSpan StepInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>OTPs whose next step starts in one transaction. 1 to 5000; default 200.</summary>
    [Range(1, 5000)]
    public int StepBatch { get; set; } = 200;

    /// <summary>
    /// Pause between two searches for due callbacks. 100 ms to 1 minute; default 1 second. It does not delay a callback's first attempt.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan CallbackInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Callbacks claimed in one statement. 1 to 5000; default 500.</summary>
    [Range(1, 5000)]
    public int CallbackBatch { get; set; } = 500;

    /// <summary>Pause between two purges. 1 second to 1 day; default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan PurgeInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Rows deleted in one transaction. 1 to 10000; default 1000.</summary>
    [Range(1, 10_000)]
    public int PurgeBatch { get; set; } = 1000;

    /// <summary>Maximum batches of each kind in one run; the next run continues. 1 to 10000; default 100.</summary>
    [Range(1, 10_000)]
    public int MaxBatchesPerRun { get; set; } = 100;

    /// <summary>
    /// How long a recipient's wrong guesses and counted sends are kept after its last OTP. From a week, the longest window of sends, to 10
    /// years; default 30 days.
    /// </summary>
    [Range(typeof(TimeSpan), "7.00:00:00", "3650.00:00:00")]
    public TimeSpan RecipientRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a message id from the bus is kept. 1 hour to 90 days; default 2 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "90.00:00:00")]
    public TimeSpan InboxRetention { get; set; } = TimeSpan.FromDays(2);
}
