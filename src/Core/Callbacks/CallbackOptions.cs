using System.ComponentModel.DataAnnotations;
using System.Net;

namespace OtpPipeline.Core.Callbacks;

/// <summary>Section <c>Callbacks</c>.</summary>
public sealed class CallbackOptions : IValidatableObject
{
    public const string Section = "Callbacks";

    /// <summary>What of a lease is left for writing the outcome.</summary>
    public static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(5);

    /// <summary>How long a new callback waits for the message of its change before the job sends it.</summary>
    public static readonly TimeSpan MessageTime = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Networks (CIDR) that callbacks may reach although they are private, such as 10.1.0.0/16. None by default; an empty entry is none.
    /// </summary>
    public IList<string> AllowedNetworks { get; init; } = [];

    /// <summary>The parsed <see cref="AllowedNetworks"/>.</summary>
    public IReadOnlyList<IPNetwork> Allowed => field ??= [.. AllowedNetworks.Where(n => n.Length > 0).Select(IPNetwork.Parse)];

    /// <summary>
    /// How long one exchange with a subscriber may take, from resolving its name to its answer. 100 ms to 1 minute; default 15 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Pauses after the first, second, ... failed attempt, each 10 ms to 30 days, 30 at most; a callback is parked after the attempt
    /// that follows the last. Empty is 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
    /// </summary>
    public IList<TimeSpan> RetryAfter { get; init; } = [];

    /// <summary>The schedule that holds.</summary>
    public IReadOnlyList<TimeSpan> Pauses => field ??= RetryAfter.Count > 0 ? [.. RetryAfter] : CallbackSchedule.Default;

    /// <summary>
    /// How long a process alone may send a callback that it claimed. 6 seconds to 10 minutes; at least 5 seconds more than
    /// <see cref="Timeout"/>; default 1 minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:06", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a name may take to be looked up, within <see cref="Timeout"/>. 100 ms to 1 minute; default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan LookupTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Names that one process looks up at once, each on a thread; applications share them fairly. 4 to 1000; default 64.</summary>
    [Range(4, 1000)]
    public int Lookups { get; set; } = 64;

    /// <summary>
    /// Requests under way at once in one process; applications share them fairly, and a quarter is kept for hosts that answer quickly.
    /// 4 to 100000; default 4096.
    /// </summary>
    [Range(4, 100_000)]
    public int Concurrency { get; set; } = 4096;

    /// <summary>
    /// Requests of one application under way at once to one host that answers within a second; 4 to a slower one, 1 to one that failed last
    /// or is new. 1 to 1000; default 32.
    /// </summary>
    [Range(1, 1000)]
    public int ConcurrencyPerHost { get; set; } = 32;

    /// <summary>
    /// Callbacks that wait in memory for a place, over all hosts of a process; further ones wait in the database. 1 to 1000000; default
    /// 10000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int Queue { get; set; } = 10_000;

    /// <summary>The same for one host. 1 to 100000; default 1000.</summary>
    [Range(1, 100_000)]
    public int QueuePerHost { get; set; } = 1000;

    /// <summary>
    /// Attempts in a row without an answer, or with 429, 502, 503 or 504, after which a host is left alone. 1 to 1000; default 5.
    /// </summary>
    [Range(1, 1000)]
    public int BreakerFailures { get; set; } = 5;

    /// <summary>
    /// How long it is left alone, doubled each time that the next attempt fails too, up to ten minutes. 100 ms to 10 minutes; default 30
    /// seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Messages of changes that are handled at once in one process. 1 to 5000; default 400.</summary>
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
