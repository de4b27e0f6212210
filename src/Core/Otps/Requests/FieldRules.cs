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

/// <summary>The rules of single fields of a request; each answers with the error, or null.</summary>
internal static class FieldRules
{
    private const int MetadataPairs = 20;
    private const int MetadataName = 40;
    private const int MetadataValue = 500;

    /// <summary>The field, or the setting where it was not given; given, even empty, it wins.</summary>
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
        // The parser takes signs and 0x within a group; they are no UUID.
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

    /// <param name="pairs">The field; null where it is missing or no object.</param>
    /// <param name="malformed">It is there and is no object.</param>
    /// <param name="json">JSON object of the pairs, names sorted; null where there is none.</param>
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
            // Nothing given is nothing kept, as with every other field.
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

    /// <summary>A number that passed its rule: 180, "180" and 1.8e2 are the same.</summary>
    public static string? InOneSpelling(JsonField field) => field.Whole?.ToString(CultureInfo.InvariantCulture);
}
