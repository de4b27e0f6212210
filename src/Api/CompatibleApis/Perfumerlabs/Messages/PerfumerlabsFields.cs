using System.Globalization;
using System.Text;
using System.Text.Json;
using OtpPipeline.Api.Requests;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs.Messages;

/// <summary>
/// The fields of a request: of its JSON body, on whatever method and under whatever media type, and of its query, where the body has none
/// of that name.
/// </summary>
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

    /// <summary>Trimmed. What PHP takes for empty, such as "" and "0", is absent.</summary>
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

    /// <summary>As the body has it; null where it does not, or has null.</summary>
    public JsonElement? Raw(string name) =>
        _body.ValueKind == JsonValueKind.Object && _body.TryGetProperty(name, out var value)
            && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The sentence for the first of these fields that is absent; null where each is there.</summary>
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

    /// <summary>A text of so many characters that can all be seen, spaces included.</summary>
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
