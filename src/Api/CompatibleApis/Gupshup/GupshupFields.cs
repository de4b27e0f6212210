using System.Text.Json;
using Microsoft.Extensions.Primitives;
using OtpPipeline.Api.Requests;
using OtpPipeline.Core.Bodies;

namespace OtpPipeline.Api.CompatibleApis.Gupshup;

/// <summary>
/// The fields of a request, whatever they came in. Names have no case; a field that comes twice holds nothing that could be used.
/// </summary>
internal sealed class GupshupFields
{
    private readonly Dictionary<string, JsonField> _fields = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>As it came, not even trimmed.</summary>
    public JsonField this[string name] => _fields.GetValueOrDefault(name);

    /// <summary>It was given, if only as an empty text.</summary>
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

    /// <summary>
    /// A form, or an object of JSON; what the body does not name is taken from the query. What cannot be read has no fields.
    /// </summary>
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
