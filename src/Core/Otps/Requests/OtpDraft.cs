using System.Text.Json;
using System.Text.Json.Serialization;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>
/// A command as it came in, before any check. Read leniently: a number where a text is due, and the other way
/// round, are the same thing; null is the same as not given.
/// </summary>
[JsonConverter(typeof(JsonAsPrinted<OtpDraft>))]
public sealed record OtpDraft
{
    public JsonField Channel { get; init; }

    public JsonField PhoneNumber { get; init; }

    public JsonField CountryIso { get; init; }

    public JsonField Email { get; init; }

    public JsonField ChatId { get; init; }

    public JsonField From { get; init; }

    public JsonField Template { get; init; }

    public JsonField TrackId { get; init; }

    public JsonField Ttl { get; init; }

    public JsonField MaxAttempts { get; init; }

    public JsonField PinType { get; init; }

    public JsonField PinLength { get; init; }

    public JsonField OtpCallbackUrl { get; init; }

    public JsonField Name { get; init; }

    public JsonField Locale { get; init; }

    /// <summary>Pairs as they came; null where the field is missing.</summary>
    public IReadOnlyDictionary<string, JsonField>? Metadata { get; init; }

    /// <summary>The field is there and is no object.</summary>
    public bool MetadataMalformed { get; init; }

    /// <summary>Reads the fields of POST /otp and of the bus command RequestOtp, which are the same.</summary>
    public static OtpDraft Read(JsonElement body)
    {
        var metadata = body.TryGetProperty("metadata", out var pairs) && pairs.ValueKind != JsonValueKind.Null ? pairs : default;
        return new()
        {
            Channel = JsonField.From(body, "channel"),
            PhoneNumber = JsonField.From(body, "phoneNumber"),
            CountryIso = JsonField.From(body, "countryIso"),
            Email = JsonField.From(body, "email"),
            ChatId = JsonField.From(body, "chatId"),
            From = JsonField.From(body, "from"),
            Template = JsonField.From(body, "template"),
            TrackId = JsonField.From(body, "trackId"),
            Ttl = JsonField.From(body, "ttl"),
            MaxAttempts = JsonField.From(body, "maxAttempts"),
            PinType = JsonField.From(body, "pinType"),
            PinLength = JsonField.From(body, "pinLength"),
            OtpCallbackUrl = JsonField.From(body, "otpCallbackUrl"),
            Name = JsonField.From(body, "name"),
            Locale = JsonField.From(body, "locale"),
            Metadata = metadata.ValueKind == JsonValueKind.Object
                ? metadata.EnumerateObject().ToDictionary(p => p.Name, p => JsonField.AsItIs(p.Value), StringComparer.Ordinal)
                : null,
            MetadataMalformed = metadata.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object),
        };
    }

    /// <summary>Prints nothing of it: it holds personal data.</summary>
    public override string ToString() => nameof(OtpDraft);
}
