using System.Text.Json;
using System.Text.Json.Serialization;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>
/// A command as it came in, before any check. Read leniently: a number where a text is due, and the other way
/// round, are the same thing; null is the same as not given.
/// </summary>
[JsonConverter(typeof(JsonAsPrinted<OtpDraft>))]
public sealed record OtpDraft
{
    public DraftField Channel { get; init; }

    public DraftField PhoneNumber { get; init; }

    public DraftField CountryIso { get; init; }

    public DraftField Email { get; init; }

    public DraftField ChatId { get; init; }

    public DraftField From { get; init; }

    public DraftField Template { get; init; }

    public DraftField TrackId { get; init; }

    public DraftField Ttl { get; init; }

    public DraftField MaxAttempts { get; init; }

    public DraftField PinType { get; init; }

    public DraftField PinLength { get; init; }

    public DraftField OtpCallbackUrl { get; init; }

    public DraftField Name { get; init; }

    public DraftField Locale { get; init; }

    /// <summary>Pairs as they came; null where the field is missing.</summary>
    public IReadOnlyDictionary<string, DraftField>? Metadata { get; init; }

    /// <summary>The field is there and is no object.</summary>
    public bool MetadataMalformed { get; init; }

    /// <summary>Reads the fields of POST /otp and of the bus command RequestOtp, which are the same.</summary>
    public static OtpDraft Read(JsonElement body)
    {
        var metadata = body.TryGetProperty("metadata", out var pairs) && pairs.ValueKind != JsonValueKind.Null ? pairs : default;
        return new()
        {
            Channel = DraftField.From(body, "channel"),
            PhoneNumber = DraftField.From(body, "phoneNumber"),
            CountryIso = DraftField.From(body, "countryIso"),
            Email = DraftField.From(body, "email"),
            ChatId = DraftField.From(body, "chatId"),
            From = DraftField.From(body, "from"),
            Template = DraftField.From(body, "template"),
            TrackId = DraftField.From(body, "trackId"),
            Ttl = DraftField.From(body, "ttl"),
            MaxAttempts = DraftField.From(body, "maxAttempts"),
            PinType = DraftField.From(body, "pinType"),
            PinLength = DraftField.From(body, "pinLength"),
            OtpCallbackUrl = DraftField.From(body, "otpCallbackUrl"),
            Name = DraftField.From(body, "name"),
            Locale = DraftField.From(body, "locale"),
            Metadata = metadata.ValueKind == JsonValueKind.Object
                ? metadata.EnumerateObject().ToDictionary(p => p.Name, p => DraftField.AsItIs(p.Value), StringComparer.Ordinal)
                : null,
            MetadataMalformed = metadata.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object),
        };
    }

    /// <summary>Prints nothing of it: it holds personal data.</summary>
    public override string ToString() => nameof(OtpDraft);
}

/// <summary>One field of a draft.</summary>
/// <param name="Text">The text, trimmed; null where there is none.</param>
/// <param name="Malformed">An object or a list stands where a text is due.</param>
/// <param name="WasNumber">It came as a JSON number.</param>
[JsonConverter(typeof(JsonAsPrinted<DraftField>))]
public readonly record struct DraftField(string? Text, bool Malformed = false, bool WasNumber = false)
{
    /// <summary>Nothing was given, not even an empty text.</summary>
    public bool IsAbsent => Text is null && !Malformed;

    public bool IsEmpty => Text is "";

    /// <summary>The text as a phone number; null for a JSON number with a sign, a point or an exponent, whose digits are none.</summary>
    public string? PhoneText => WasNumber && Text.AsSpan().ContainsAnyExceptInRange('0', '9') ? null : Text;

    public static DraftField From(JsonElement body, string name) => body.TryGetProperty(name, out var value) ? From(value) : default;

    public static DraftField From(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => new(value.GetString()!.Trim()),
        JsonValueKind.Number => new(value.GetRawText(), WasNumber: true),
        JsonValueKind.True => new("true"),
        JsonValueKind.False => new("false"),
        JsonValueKind.Null or JsonValueKind.Undefined => default,
        _ => new(null, Malformed: true),
    };

    /// <summary>Without the trimming, for what is given back unchanged.</summary>
    public static DraftField AsItIs(JsonElement value) => value.ValueKind == JsonValueKind.String ? new(value.GetString()) : From(value);

    public override string ToString() => IsAbsent ? "(absent)" : "****";
}
