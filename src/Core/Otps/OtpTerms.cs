using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps;

/// <summary>
/// What the callers of a dialect settle beside the fields of a draft. The dialect has judged all of it: nothing here is checked again.
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

    /// <summary>Life in seconds, also outside the native dialect's 60 to 1800; null for what the application says.</summary>
    public int? Ttl { get; init; }

    /// <summary>Guesses; null for what the application says.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Seconds between two sends to one recipient; null for what the application says.</summary>
    public int? RetryPeriod { get; init; }

    /// <summary>What the OTP is found by later, by callers who know no id; null for nothing.</summary>
    public OtpLookup? Lookup { get; init; }

    /// <summary>Refused with <see cref="Refusals.StillLive"/> while another OTP of the same <see cref="Lookup"/> is live.</summary>
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

/// <summary>A text that the caller wrote, with the PIN in it: a secret like the PIN.</summary>
/// <param name="Text">The text part.</param>
/// <param name="Subject">Of an e-mail; null for the provider's.</param>
/// <param name="Html">The HTML part of an e-mail; null for none.</param>
public sealed record CallerMessage(string Text, string? Subject = null, string? Html = null)
{
    /// <summary>Prints nothing of it.</summary>
    public override string ToString() => nameof(CallerMessage);
}

/// <summary>What an OTP is found by: its recipient in one dialect, or on one channel of it.</summary>
/// <param name="Place">The dialect, with the channel where that matters.</param>
/// <param name="Recipient">Whose.</param>
public sealed record OtpLookup(string Place, Recipient Recipient);

/// <summary>Sends of one kind that are counted together, such as those to one recipient on one channel or of one remote address.</summary>
/// <param name="Key">What they have in common; only its keyed hash is stored.</param>
/// <param name="Windows">Sliding windows, each with its limit.</param>
/// <param name="Refusal">What a full window is answered with.</param>
public sealed record CountedSends(string Key, IReadOnlyList<SendWindow> Windows, Refusal Refusal)
{
    /// <summary>Prints nothing of it: the key may hold a recipient.</summary>
    public override string ToString() => nameof(CountedSends);
}
