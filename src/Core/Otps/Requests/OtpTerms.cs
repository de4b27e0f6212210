using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Pins;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>
/// What the callers of a compatible API settle beside the fields of a draft. The compatible API has checked all of it: nothing here is checked again.
/// </summary>
public sealed record OtpTerms
{
    public static readonly OtpTerms None = new();

    /// <summary>The caller's own PIN, compared with its case; null for one of ours.</summary>
    public string? Pin { get; init; }

    /// <summary>The caller's own message; null for the template.</summary>
    public CallerMessage? Message { get; init; }

    /// <summary>Writes such a message around a PIN that is made here; null for <see cref="Message"/> or the template.</summary>
    public Func<Pin, CallerMessage>? MessageOf { get; init; }

    /// <summary>What a PIN of ours is made of; null for what the application says.</summary>
    public PinPolicy? PinPolicy { get; init; }

    /// <summary>Life in seconds, also outside the native API's 60 to 1800; null for what the application says.</summary>
    public int? Ttl { get; init; }

    /// <summary>Guesses; null for what the application says.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Seconds between two sends to one recipient; null for what the application says.</summary>
    public int? RetryPeriod { get; init; }

    /// <summary>What the OTP is found by later, by callers who know no id; null for nothing.</summary>
    public OtpLookup? Lookup { get; init; }

    /// <summary>Refused with <see cref="OtpErrors.StillLive"/> while another OTP of the same <see cref="Lookup"/> is live.</summary>
    public bool OneLive { get; init; }

    /// <summary>The PIN finds its OTP: the name of the place in which it does, such as a channel.</summary>
    public string? FindPinIn { get; init; }

    /// <summary>No other live PIN of that place that was issued so may be the same; the intake fails with a duplicate otherwise.</summary>
    public bool UniquePin { get; init; }

    /// <summary>Windows in which sends are counted besides the application's limits per recipient.</summary>
    public IReadOnlyList<CountedSends> Counted { get; init; } = [];

    /// <summary>Prints nothing of it: it holds secrets.</summary>
    public override string ToString() => nameof(OtpTerms);
}
