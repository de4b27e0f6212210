using System.Globalization;
using System.Text;
using System.Text.Json;
using OtpPipeline.Api.Requests;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs.Messages;

/// <summary>The fields of a request, from its JSON body or, where the body lacks one, from its query.</summary>
/// <remarks>The body is read for any method and any media type.</remarks>
internal sealed class PerfumerlabsFields
{
    private readonly JsonElement _body;
    private readonly IQueryCollection _query;

    private PerfumerlabsFields(JsonElement body, IQueryCollection query)
    {
        _body = body;
        _query = query;
    }

    public static async ValueTask<Result<PerfumerlabsFields>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(request, (JsonElement json) => json.Clone(), cancellationToken, anyMediaType: true);
        return body.Error is null ? new PerfumerlabsFields(body.Value, request.Query)
            : body.Error == OtpErrors.BodyEmpty ? new PerfumerlabsFields(default, request.Query)
            : body.Error;
    }

    /// <summary>The trimmed field. A value that PHP treats as empty, such as "" and "0", counts as absent.</summary>
    public JsonField this[string name]
    {
        get
        {
            if (Raw(name) is { } value)
            {
                return IsNothing(value) ? default : JsonField.From(value);
            }

            var texts = _query[name];
            return texts.Count > 1 ? new(null, Malformed: true) : texts.ToString()
                .Trim() is { Length: > 0 } text and not "0" ? new(text) : default;
        }
    }

    /// <summary>The value as in the body; null where it is missing or null.</summary>
    public JsonElement? Raw(string name) =>
        _body.ValueKind == JsonValueKind.Object && _body.TryGetProperty(name, out var value)
            && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The sentence for the first absent field; null where all are present.</summary>
    public string? Missing(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (this[name].IsAbsent)
            {
                return $"\"{name}\" parameter must be set";
            }
        }

        return null;
    }

    /// <summary>Whether a text has min to max characters, all of them printable or spaces.</summary>
    public static bool IsPrintable(string text, int min, int max)
    {
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            length++;
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                return false;
            }
        }

        return length >= min && length <= max;
    }

    private static bool IsNothing(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.False => true,
        JsonValueKind.Number => value.TryGetDouble(out var number) && number == 0,
        JsonValueKind.String => value.GetString()!.Trim() is "" or "0",
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => value.GetPropertyCount() == 0,
        _ => false,
    };
}
