using System.ComponentModel.DataAnnotations;
using System.Net;

namespace OtpPipeline.Core.Callbacks;

/// <summary>Section <c>Callbacks</c>.</summary>
public sealed class CallbackOptions : IValidatableObject
{
    public const string Section = "Callbacks";

    /// <summary>Time at the end of a lease that is reserved for writing the outcome.</summary>
    public static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(5);

    /// <summary>How long a new callback waits for the message of its change before the job sends it.</summary>
    public static readonly TimeSpan MessageTime = TimeSpan.FromSeconds(2);

    /// <summary>Private networks (CIDR) that callbacks may reach, such as 10.1.0.0/16. Default none; empty entries are ignored.</summary>
    public IList<string> AllowedNetworks { get; init; } = [];

    /// <summary>The parsed <see cref="AllowedNetworks"/>.</summary>
    public IReadOnlyList<IPNetwork> Allowed => field ??= [.. AllowedNetworks.Where(n => n.Length > 0).Select(IPNetwork.Parse)];

    /// <summary>Time-out of one exchange with a subscriber, from name lookup to answer. 100 ms to 1 minute; default 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Pauses after the first, second, ... failed attempt; the callback is parked when the attempt after the last pause fails.
    /// </summary>
    /// <remarks>At most 30 pauses of 10 ms to 30 days. Empty means 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.</remarks>
    public IList<TimeSpan> RetryAfter { get; init; } = [];

    /// <summary>The schedule in use.</summary>
    public IReadOnlyList<TimeSpan> Pauses => field ??= RetryAfter.Count > 0 ? [.. RetryAfter] : CallbackSchedule.Default;

    /// <summary>How long a process exclusively holds a claimed callback. 6 seconds to 10 minutes; default 1 minute.</summary>
    /// <remarks>At least 5 seconds more than <see cref="Timeout"/>.</remarks>
    [Range(typeof(TimeSpan), "00:00:06", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Time-out of a name lookup, within <see cref="Timeout"/>. 100 ms to 1 minute; default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan LookupTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Concurrent name lookups of one process, each on a thread; applications share them fairly. 4 to 1000; default 64.</summary>
    [Range(4, 1000)]
    public int Lookups { get; set; } = 64;

    /// <summary>Concurrent requests of one process. 4 to 100000; default 4096.</summary>
    /// <remarks>Applications share them fairly, and a quarter is reserved for hosts that answer quickly.</remarks>
    [Range(4, 100_000)]
    public int Concurrency { get; set; } = 4096;

    /// <summary>Concurrent requests of one application to one host that answers within a second. 1 to 1000; default 32.</summary>
    /// <remarks>A slower host gets 4; a new host, or one whose last request failed, gets 1.</remarks>
    [Range(1, 1000)]
    public int ConcurrencyPerHost { get; set; } = 32;

    /// <summary>
    /// Callbacks waiting in memory, over all hosts of a process; further ones wait in the database. 1 to 1000000; default 10000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int Queue { get; set; } = 10_000;

    /// <summary>Callbacks waiting in memory for one host. 1 to 100000; default 1000.</summary>
    [Range(1, 100_000)]
    public int QueuePerHost { get; set; } = 1000;

    /// <summary>
    /// Consecutive attempts without an answer, or with 429, 502, 503 or 504, that open a host's circuit breaker. 1 to 1000; default 5.
    /// </summary>
    [Range(1, 1000)]
    public int BreakerFailures { get; set; } = 5;

    /// <summary>
    /// Pause of an open breaker, doubled by each failed attempt up to 10 minutes. 100 ms to 10 minutes; default 30 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Concurrently handled change messages in one process. 1 to 5000; default 400.</summary>
    [Range(1, 5000)]
    public int EventConcurrency { get; set; } = 400;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < AllowedNetworks.Count; i++)
        {
            if (AllowedNetworks[i].Length > 0 && !IPNetwork.TryParse(AllowedNetworks[i], out _))
            {
                yield return new($"Callbacks:AllowedNetworks:{i} must be a network in CIDR form, such as 10.1.0.0/16.");
            }
        }

        if (RetryAfter.Count > 30 || RetryAfter.Any(p => p < TimeSpan.FromMilliseconds(10) || p > TimeSpan.FromDays(30)))
        {
            yield return new("Callbacks:RetryAfter must be up to 30 pauses of 10 ms to 30 days.");
        }

        if (Lease < Timeout + LeaseMargin)
        {
            yield return new("Callbacks:Lease must be at least 5 seconds longer than Callbacks:Timeout.");
        }
    }
}
