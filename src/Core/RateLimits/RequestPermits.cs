namespace OtpPipeline.Core.RateLimits;

/// <summary>Permits for an application's requests in its current minute, over all processes.</summary>
public sealed class RequestPermits
{
    /// <summary>An application, or another id with a separate count, such as for messages to a bot.</summary>
    public required Guid ApplicationId { get; init; }

    /// <summary>Minute of the database's clock, counted from 1970.</summary>
    public long Minute { get; set; }

    /// <summary>Requests allowed per minute, from the last lease.</summary>
    public int Allowed { get; set; }

    /// <summary>Permits leased to processes in this minute.</summary>
    public int Leased { get; set; }

    /// <summary>Permits leased to processes in the previous minute.</summary>
    public int LeasedBefore { get; set; }

    /// <summary>Size of the last lease.</summary>
    public int Granted { get; set; }
}
