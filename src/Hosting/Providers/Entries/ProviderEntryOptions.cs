using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Hosting.Providers.Entries;

/// <summary>What every entry of section <c>Providers</c> may set, of any type.</summary>
public abstract class ProviderEntryOptions
{
    /// <summary>Type of the entry.</summary>
    public string Type { get; set; } = "";

    /// <summary>Concurrent messages to this provider in each worker process. 1 to 1000; default 1000.</summary>
    [Range(1, 1000)]
    public int Concurrency { get; set; } = 1000;

    /// <summary>Maximum messages in any second, over all processes; no limit by default. 1 to 100000.</summary>
    [Range(1, 100_000)]
    public int? MessagesPerSecond { get; set; }

    /// <summary>Failures in a row after which the provider is left alone for a while. 1 to 1000; default 5.</summary>
    [Range(1, 1000)]
    public int BreakerFailures { get; set; } = 5;

    /// <summary>For how long; doubled each time that the next message fails too, up to a minute. 100 ms to 10 minutes; default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromSeconds(5);
}
