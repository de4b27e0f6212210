using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Core.Bodies;

/// <summary>One value of a body, read leniently: text and number are equal, and null means absent.</summary>
/// <param name="Text">The text, trimmed; null without one.</param>
/// <param name="Malformed">The value is an object or a list instead of a text.</param>
/// <param name="WasNumber">The value was a JSON number.</param>
[JsonConverter(typeof(JsonAsPrinted<JsonField>))]
public readonly record struct JsonField(string? Text, bool Malformed = false, bool WasNumber = false)
{
    private const NumberStyles AnySpelling = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>The field is absent; an empty text is not absent.</summary>
    public bool IsAbsent => Text is null && !Malformed;

    /// <summary>The text; null when it is empty.</summary>
    public string? TextIfAny => Text is "" ? null : Text;

    /// <summary>The text as a phone number; null for a JSON number with a sign, point or exponent, which is not a phone number.</summary>
    public string? PhoneText => WasNumber && Text.AsSpan().ContainsAnyExceptInRange('0', '9') ? null : Text;

    /// <summary>The whole number, of any size: 180, "180" and 1.8e2 are equal; null for anything else.</summary>
    public double? Whole =>
        double.TryParse(Text, AnySpelling, CultureInfo.InvariantCulture, out var number)
        && number == Math.Truncate(number)
        && Text.AsSpan().ContainsAnyInRange('0', '9')
            ? number
            : null;

    /// <summary>The amount, in any notation of a number; null for anything else.</summary>
    public decimal? Amount => decimal.TryParse(Text, AnySpelling, CultureInfo.InvariantCulture, out var amount) ? amount : null;

    /// <summary>true and false, also as texts; null for anything else.</summary>
    public bool? Flag => Text switch
    {
        "true" => true,
        "false" => false,
        _ => null,
    };

    /// <summary>The whole number within these limits; null for anything else.</summary>
    public int? WholeFrom(int min, int max) => Whole is { } number && number >= min && number <= max ? (int)number : null;

    public static JsonField From(JsonElement body, string name) => body.TryGetProperty(name, out var value) ? From(value) : default;

    public static JsonField From(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => new(value.GetString()!.Trim()),
        JsonValueKind.Number => new(value.GetRawText(), WasNumber: true),
        JsonValueKind.True => new("true"),
        JsonValueKind.False => new("false"),
        JsonValueKind.Null or JsonValueKind.Undefined => default,
        _ => new(null, Malformed: true),
    };

    /// <summary>Reads without trimming, for values that are compared or returned unchanged.</summary>
    public static JsonField AsItIs(JsonElement body, string name) => body.TryGetProperty(name, out var value) ? AsItIs(value) : default;

    /// <inheritdoc cref="AsItIs(JsonElement, string)"/>
    public static JsonField AsItIs(JsonElement value) => value.ValueKind == JsonValueKind.String ? new(value.GetString()) : From(value);

    public override string ToString() => IsAbsent ? "(absent)" : "****";
}
