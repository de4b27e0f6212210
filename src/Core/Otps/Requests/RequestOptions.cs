using System.Text.Json.Serialization;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Pins;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>The client's application, and what the API sets besides the request's fields; not validated again.</summary>
/// <param name="Application">The client's application.</param>
/// <param name="IdempotencyKey">The client's key; null without one.</param>
/// <param name="TraceParent">W3C trace context of the request.</param>
[JsonConverter(typeof(JsonAsPrinted<RequestOptions>))]
public sealed record RequestOptions(Application Application, string? IdempotencyKey = null, string? TraceParent = null)
{
    /// <summary>Adds the answer to the commit, for the bus; null when the answer is not sent as a message.</summary>
    /// <remarks>May run again after a failed commit. Does not run while a duplicate is still being committed.</remarks>
    public Action<OutboxBatch, IntakeAnswer>? Announce { get; init; }

    /// <summary>The client's own PIN, compared case-sensitively; null to generate one.</summary>
    public string? Pin { get; init; }

    /// <summary>The client's own message; null for the template.</summary>
    public CallerMessage? Message { get; init; }

    /// <summary>Writes the message around a generated PIN; null for <see cref="Message"/> or the template.</summary>
    public Func<Pin, CallerMessage>? WriteMessage { get; init; }

    /// <summary>Rules for a generated PIN; null for the application's setting.</summary>
    public PinPolicy? PinPolicy { get; init; }

    /// <summary>Lifetime in seconds, without a limit; null for the application's setting.</summary>
    public int? Ttl { get; init; }

    /// <summary>Allowed guesses; null for the application's setting.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Seconds between two sends to one recipient; null for the application's setting.</summary>
    public int? RetryPeriod { get; init; }

    /// <summary>Finds the OTP later for clients that do not know its id; null without a lookup.</summary>
    public OtpLookup? Lookup { get; init; }

    /// <summary>Refuse with StillLive while another OTP of the same <see cref="Lookup"/> is live.</summary>
    public bool OneLive { get; init; }

    /// <summary>Where the PIN finds its OTP, for example a channel; null when it does not.</summary>
    public string? FindPinIn { get; init; }

    /// <summary>The PIN must differ from all live PINs issued this way in that place; else the intake fails with a duplicate.</summary>
    public bool UniquePin { get; init; }

    /// <summary>Windows that count sends, besides the application's limits per recipient.</summary>
    public IReadOnlyList<CountedSends> Counted { get; init; } = [];

    /// <summary>The caller writes the PIN or the text, or finds the OTP by its PIN, so no other PIN can take its place.</summary>
    public bool WritesOwnMessage => Pin is not null || Message is not null || WriteMessage is not null || FindPinIn is not null;

    /// <summary>Prints the type name only: the options hold secrets.</summary>
    public override string ToString() => nameof(RequestOptions);
}
