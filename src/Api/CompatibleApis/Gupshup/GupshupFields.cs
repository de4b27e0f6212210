using System.Text.Json;
using Microsoft.Extensions.Primitives;
using OtpPipeline.Api.Requests;
using OtpPipeline.Core.Bodies;

namespace OtpPipeline.Api.CompatibleApis.Gupshup;

/// <summary>The fields of a request from a query, form or JSON body.</summary>
/// <remarks>Names are case-insensitive. A repeated field has no usable value.</remarks>
internal sealed class GupshupFields
{
    private readonly Dictionary<string, JsonField> _fields = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The field as sent, not trimmed.</summary>
    public JsonField this[string name] => _fields.GetValueOrDefault(name);

    /// <summary>Whether the field was sent, even as an empty text.</summary>
    public bool Has(string name) => _fields.ContainsKey(name);

    /// <summary>The trimmed text; null where it is missing, empty, repeated or no text.</summary>
    public string? Text(string name) => this[name].Text?.Trim() is { Length: > 0 } text ? text : null;

    public static GupshupFields OfQuery(HttpRequest request)
    {
        var fields = new GupshupFields();
        foreach (var (name, value) in request.Query)
        {
            fields.Add(name, From(value));
        }

        return fields;
    }

    /// <summary>Reads a form or a JSON object; fields that the body lacks come from the query.</summary>
    /// <remarks>An unreadable body has no fields.</remarks>
    public static async ValueTask<GupshupFields> OfBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var fields = new GupshupFields();
        if (request.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true)
        {
            await JsonBody.ReadAsync(request, fields.Add, cancellationToken, anyMediaType: true);
        }
        else
        {
            foreach (var (name, value) in await FormBody.ReadAnyAsync(request, cancellationToken) ?? new Dictionary<string, StringValues>(StringComparer.Ordinal))
            {
                fields.Add(name, From(value));
            }
        }

        foreach (var (name, value) in request.Query.Where(f => !fields.Has(f.Key)))
        {
            fields.Add(name, From(value));
        }

        return fields;
    }

    private static JsonField From(StringValues value) => value.Count == 1 ? new(value.ToString()) : new(null, Malformed: true);

    private bool Add(JsonElement body)
    {
        foreach (var property in body.EnumerateObject())
        {
            Add(property.Name, JsonField.AsItIs(property.Value));
        }

        return true;
    }

    private void Add(string name, JsonField field) => _fields[name] = _fields.ContainsKey(name) ? new(null, Malformed: true) : field;
}
