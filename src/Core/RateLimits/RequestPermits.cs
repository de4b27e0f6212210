namespace OtpPipeline.Core.RateLimits;

/// <summary>Requests of an application that were permitted in its current minute, over all processes.</summary>
public sealed class RequestPermits
{
    /// <summary>Or another id that is counted by itself, as for messages to a bot.</summary>
    public required Guid ApplicationId { get; init; }

    /// <summary>Minute of the database's clock, counted from 1970.</summary>
    public long Minute { get; set; }

    /// <summary>Requests allowed a minute, as the last lease said.</summary>
    public int Allowed { get; set; }

    /// <summary>Permits leased to processes in this minute.</summary>
    public int Leased { get; set; }

    /// <summary>The same in the minute before.</summary>
    public int LeasedBefore { get; set; }

    /// <summary>Size of the last lease.</summary>
    public int Granted { get; set; }
}
