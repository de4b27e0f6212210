using System.Text.Json.Serialization;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Pins;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>Who asks, and what the API that took the request settles beside its fields; nothing here is checked again.</summary>
/// <param name="Application">Who asks.</param>
/// <param name="IdempotencyKey">The caller's key; null for none.</param>
/// <param name="TraceParent">W3C trace context of the request.</param>
[JsonConverter(typeof(JsonAsPrinted<RequestOptions>))]
public sealed record RequestOptions(Application Application, string? IdempotencyKey = null, string? TraceParent = null)
{
    /// <summary>Adds the answer to the commit, for the bus; null where the answer is no message.</summary>
    /// <remarks>May be called again for a commit that failed. Not called while a duplicate is still being committed.</remarks>
    public Action<OutboxBatch, IntakeAnswer>? Announce { get; init; }

    /// <summary>The caller's own PIN, compared with its case; null for one that is made here.</summary>
    public string? Pin { get; init; }

    /// <summary>The caller's own message; null for the template.</summary>
    public CallerMessage? Message { get; init; }

    /// <summary>Writes such a message around a PIN that is made here; null for <see cref="Message"/> or the template.</summary>
    public Func<Pin, CallerMessage>? WriteMessage { get; init; }

    /// <summary>What a PIN that is made here consists of; null for what the application says.</summary>
    public PinPolicy? PinPolicy { get; init; }

    /// <summary>Life in seconds, of any length; null for what the application says.</summary>
    public int? Ttl { get; init; }

    /// <summary>Guesses; null for what the application says.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Seconds between two sends to one recipient; null for what the application says.</summary>
    public int? RetryPeriod { get; init; }

    /// <summary>What the OTP is found by later, by callers who know no id; null for nothing.</summary>
    public OtpLookup? Lookup { get; init; }

    /// <summary>Refused with StillLive while another OTP of the same <see cref="Lookup"/> is live.</summary>
    public bool OneLive { get; init; }

    /// <summary>The PIN finds its OTP: the name of the place in which it does, such as a channel.</summary>
    public string? FindPinIn { get; init; }

    /// <summary>No other live PIN of that place that was issued so may be the same; the intake fails with a duplicate otherwise.</summary>
    public bool UniquePin { get; init; }

    /// <summary>Windows in which sends are counted besides the application's limits per recipient.</summary>
    public IReadOnlyList<CountedSends> Counted { get; init; } = [];

    /// <summary>Prints nothing of it: it holds secrets.</summary>
    public override string ToString() => nameof(RequestOptions);
}
