using System.Text.Json.Serialization;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps.Plans;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>A request with valid fields, combined with the application's settings and the API's options.</summary>
[JsonConverter(typeof(JsonAsPrinted<ValidatedOtpRequest>))]
public sealed record ValidatedOtpRequest
{
    public required RequestOptions Options { get; init; }

    public Application Application => Options.Application;

    public required Channel Channel { get; init; }

    /// <summary>The steps; the first is on <see cref="Channel"/>.</summary>
    public required IReadOnlyList<PlanStep> Plan { get; init; }

    public required Recipient Recipient { get; init; }

    /// <summary>The data that is stored encrypted.</summary>
    public required OtpDetails Details { get; init; }

    public Guid? TrackId { get; init; }

    /// <summary>Lifetime in seconds.</summary>
    public required int Ttl { get; init; }

    public required int MaxAttempts { get; init; }

    public required PinPolicy PinPolicy { get; init; }

    /// <summary>JSON object of the client's metadata pairs, sorted by name.</summary>
    public string? Metadata { get; init; }

    /// <summary>The client's own id, any text.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The fields alone, normalised so that equal requests give the same text; null without an idempotency key.</summary>
    public string? Normalised { get; init; }

    /// <summary>Prints the type name only: the request holds personal data.</summary>
    public override string ToString() => nameof(ValidatedOtpRequest);
}
