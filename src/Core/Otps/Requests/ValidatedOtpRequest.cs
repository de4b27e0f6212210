using System.Text.Json.Serialization;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>A request that passed every check of its own fields, with the application's settings and the options applied.</summary>
[JsonConverter(typeof(JsonAsPrinted<ValidatedOtpRequest>))]
public sealed record ValidatedOtpRequest
{
    public required RequestOptions Options { get; init; }

    public Application Application => Options.Application;

    public required Channel Channel { get; init; }

    public required Recipient Recipient { get; init; }

    /// <summary>What is stored encrypted.</summary>
    public required OtpDetails Details { get; init; }

    public Guid? TrackId { get; init; }

    /// <summary>Life in seconds.</summary>
    public required int Ttl { get; init; }

    public required int MaxAttempts { get; init; }

    public required PinPolicy PinPolicy { get; init; }

    /// <summary>JSON object of the caller's pairs, names sorted.</summary>
    public string? Metadata { get; init; }

    /// <summary>The fields alone, in one spelling that equal requests share; null without an idempotency key.</summary>
    public string? Normalised { get; init; }

    /// <summary>Prints nothing of it: it holds personal data.</summary>
    public override string ToString() => nameof(ValidatedOtpRequest);
}
