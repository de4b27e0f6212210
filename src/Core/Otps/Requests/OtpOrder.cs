using System.Text.Json.Serialization;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>A command that passed every check of its own fields, with the application's settings filled in.</summary>
[JsonConverter(typeof(JsonAsPrinted<OtpOrder>))]
public sealed record OtpOrder
{
    public required Application Application { get; init; }

    public required Channel Channel { get; init; }

    public required Recipient Recipient { get; init; }

    public required string From { get; init; }

    public required string Template { get; init; }

    public Guid? TrackId { get; init; }

    /// <summary>Life in seconds.</summary>
    public required int Ttl { get; init; }

    public required int MaxAttempts { get; init; }

    public required PinPolicy PinPolicy { get; init; }

    public string? CallbackUrl { get; init; }

    public string? Name { get; init; }

    public string? Locale { get; init; }

    /// <summary>JSON object of the caller's pairs, names sorted.</summary>
    public string? Metadata { get; init; }

    /// <summary>The caller's key, if there is one.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What a compatible API settled beside.</summary>
    public OtpTerms Terms { get; init; } = OtpTerms.None;

    /// <summary>The command in one spelling, before settings were filled in: two equal commands have the same.</summary>
    public required string Normalised { get; init; }

    /// <summary>W3C trace context of the request.</summary>
    public string? TraceParent { get; init; }

    /// <summary>
    /// Adds the answer to the commit, for an endpoint that answers by message; may be called again for a commit that failed. Not called
    /// where the answer is that a duplicate is still being committed.
    /// </summary>
    public Action<OutboxBatch, IntakeAnswer>? Announce { get; init; }

    /// <summary>The order as a compatible API settles it.</summary>
    public OtpOrder Under(OtpTerms terms) => ReferenceEquals(terms, OtpTerms.None) ? this : this with
    {
        Terms = terms,
        Ttl = terms.Ttl ?? Ttl,
        MaxAttempts = terms.MaxAttempts ?? MaxAttempts,
        PinPolicy = terms.PinPolicy ?? PinPolicy,
    };

    /// <summary>Prints nothing of it: it holds personal data.</summary>
    public override string ToString() => nameof(OtpOrder);
}

/// <summary>The answer to an order.</summary>
/// <param name="Otp">The OTP as it was created; null when refused.</param>
/// <param name="Error">Why not.</param>
public readonly record struct IntakeAnswer(Otp? Otp, OtpError? Error);
