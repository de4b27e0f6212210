using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Receipts;

namespace OtpPipeline.Hosting.Providers.Signatures.Reading;

/// <summary>The fields of a request with receipts: of its query, and of its form or JSON body.</summary>
/// <param name="Query">Decoded.</param>
/// <param name="Form">Decoded; empty for a JSON body.</param>
/// <param name="Root">The JSON body; of other requests, an object of the form's and the query's fields. Null if unreadable.</param>
/// <param name="IsJson">The body is JSON.</param>
public sealed record ReceiptFields(
    IReadOnlyDictionary<string, StringValues> Query, IReadOnlyDictionary<string, StringValues> Form, JsonElement? Root, bool IsJson)
{
    private static readonly Dictionary<string, StringValues> None = new(StringComparer.Ordinal);
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Never throws: an unreadable body has no fields.</summary>
    public static ReceiptFields Read(ReceiptRequest request)
    {
        var target = request.Url.OriginalString;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? None : Parse(target[question..]);
        if (request.Header("Content-Type")?.Contains("json", StringComparison.OrdinalIgnoreCase) == true)
        {
            return new(query, None, ParseJson(request.Body), IsJson: true);
        }

        var form = request.Body.IsEmpty ? None : Parse(Encoding.UTF8.GetString(request.Body.Span));
        var all = query.Concat(form).GroupBy(f => f.Key, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Last().Value.ToString(), StringComparer.Ordinal);
        return new(query, form, JsonSerializer.SerializeToElement(all), IsJson: false);
    }

    /// <summary>Prints the type name only: fields hold recipients.</summary>
    public override string ToString() => nameof(ReceiptFields);

    /// <summary>Names that differ in case stay apart: a signature covers both.</summary>
    private static Dictionary<string, StringValues> Parse(string text)
    {
        var fields = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var pair in new QueryStringEnumerable(text))
        {
            var name = pair.DecodeName().ToString();
            if (!fields.TryGetValue(name, out var values))
            {
                fields[name] = values = [];
            }

            values.Add(pair.DecodeValue().ToString());
        }

        return fields.ToDictionary(f => f.Key, f => new StringValues([.. f.Value]), StringComparer.Ordinal);
    }

    /// <summary>As strict as a command's body: what a signature covers has one reading only. Null if it is unreadable.</summary>
    internal static JsonElement? ParseJson(ReadOnlyMemory<byte> body)
    {
        if (!CommandBody.IsText(body.Span))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
