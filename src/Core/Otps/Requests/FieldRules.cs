using System.Globalization;
using System.Text.Json;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Rules;
using PinKind = OtpPipeline.Core.Pins.PinType;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>Rules for single fields of a request; each returns the error, or null.</summary>
internal static class FieldRules
{
    private const int MetadataPairs = 20;
    private const int MetadataName = 40;
    private const int MetadataValue = 500;

    /// <summary>The field, or the setting when the field is absent. A field that is present wins, even an empty one.</summary>
    public static string? Or(JsonField field, string? setting) => field.IsAbsent ? setting : field.TextIfAny;

    public static OtpError? From(JsonField field, string? from) =>
        from is null && !field.Malformed ? OtpErrors.FromMissing
        : from is null || !OptionRules.From.Allows(from) ? OtpErrors.FromInvalid
        : null;

    public static OtpError? Template(JsonField field, string? template) =>
        string.IsNullOrEmpty(template) && !field.Malformed ? OtpErrors.TemplateMissing
        : template is null || !OptionRules.TemplateText.Allows(template) ? OtpErrors.TemplateInvalid
        : !MessageText.HasPlaceholder(template) ? OtpErrors.TemplateWithoutPin
        : MessageText.HasUnknownPlaceholder(template) ? OtpErrors.TemplateWithUnknown
        : null;

    public static OtpError? PinType(JsonField field, PinKind? setting, out PinKind type)
    {
        type = setting ?? default;
        if (field.IsAbsent)
        {
            return setting is null ? OtpErrors.PinTypeMissing : null;
        }

        return field.Text is "" ? OtpErrors.PinTypeMissing
            : field.Text is { } text && EnumText<PinKind>.TryParse(text, out type) ? null
            : OtpErrors.PinTypeInvalid;
    }

    public static OtpError? Number(
        JsonField field, int setting, NumberRule rule, OtpError notANumber, OtpError tooSmall, OtpError tooLarge, out int value)
    {
        value = setting;
        if (field.IsAbsent)
        {
            return null;
        }

        if (field.Whole is not { } number)
        {
            return notANumber;
        }

        if (!rule.Allows(number))
        {
            return number < rule.Min ? tooSmall : tooLarge;
        }

        value = (int)number;
        return null;
    }

    public static OtpError? TrackId(JsonField field, out Guid? trackId)
    {
        // The parser accepts signs and 0x within a group; a UUID has neither.
        trackId = Guid.TryParseExact(field.Text, "D", out var id) && !field.Text.AsSpan().ContainsAny("+xX") ? id : null;
        return field.IsAbsent || trackId is not null ? null : OtpErrors.TrackIdInvalid;
    }

    public static OtpError? CallbackUrl(JsonField field, string? setting, CallbackOptions callbacks, out string? url)
    {
        url = field.IsAbsent ? setting : field.Text;
        if (url is null)
        {
            return field.Malformed ? OtpErrors.CallbackUrlInvalid : null;
        }

        return CallbackAddress.Check(url, callbacks.Allowed, out var refused) ? null
            : refused is { } network ? OtpErrors.CallbackNetworkRefused(network) : OtpErrors.CallbackUrlInvalid;
    }

    /// <param name="pairs">The field; null when it is missing or no object.</param>
    /// <param name="malformed">The field is present but no object.</param>
    /// <param name="json">JSON object of the pairs, sorted by name; null without pairs.</param>
    public static OtpError? Metadata(IReadOnlyDictionary<string, JsonField>? pairs, bool malformed, out string? json)
    {
        json = null;
        if (pairs is null)
        {
            return malformed ? OtpErrors.MetadataInvalid : null;
        }

        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
        {
            // An absent value is not stored, as with every other field.
            if (value.IsAbsent)
            {
                continue;
            }

            if (name.Length is 0 or > MetadataName || name.Contains('\0')
                || value.Text is not { Length: <= MetadataValue } text || text.Contains('\0'))
            {
                return OtpErrors.MetadataInvalid;
            }

            sorted.Add(name, text);
        }

        if (sorted.Count > MetadataPairs)
        {
            return OtpErrors.MetadataInvalid;
        }

        json = JsonSerializer.Serialize(sorted, OtpJson.Default.IReadOnlyDictionaryStringString);
        return null;
    }

    public static OtpError? ExternalId(JsonField field, int max) => IsLine(field, max) ? null : OtpErrors.ExternalIdInvalid;

    /// <summary>Absent, or a text of at most so many characters, none of them a control character.</summary>
    public static bool IsLine(JsonField field, int max) =>
        !field.Malformed && (field.Text is not { } text || (!OptionRules.IsLonger(text, max) && !OptionRules.HasControl(text)));

    /// <summary>A number that passed its rule, in one spelling: 180, "180" and 1.8e2 are the same.</summary>
    public static string? InOneSpelling(JsonField field) => field.Whole?.ToString(CultureInfo.InvariantCulture);
}
