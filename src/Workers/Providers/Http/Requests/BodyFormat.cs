using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Http.Requests;

/// <summary>A body format: its name, its content type and its value encoding.</summary>
/// <param name="Name">The value of Body:Format.</param>
/// <param name="ContentType">The header; null if there is no body.</param>
/// <param name="Encoders">The encoding of each placeholder, by its index.</param>
internal sealed record BodyFormat(string Name, string? ContentType, Func<Template, Func<int, string, string>> Encoders)
{
    /// <summary>Adds the template to the address instead of the body.</summary>
    public const string Query = "query";

    public const string Json = "json";
    public const string Form = "form";
    public const string Xml = "xml";

    public static readonly IReadOnlyDictionary<string, BodyFormat> All = new BodyFormat[]
    {
        new(Json, "application/json; charset=utf-8", InJson),
        new(Form, "application/x-www-form-urlencoded", _ => (_, value) => ValueEncoding.Percent(value)),
        new(Xml, "application/xml; charset=utf-8", _ => (_, value) => ValueEncoding.Xml(value)),
        new("text", "text/plain; charset=utf-8", _ => (_, value) => ValueEncoding.AsIs(value)),
        new(Query, null, _ => (_, value) => ValueEncoding.Percent(value)),
    }.ToDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>A placeholder within quotes becomes part of that string; one without becomes a separate value.</summary>
    private static Func<int, string, string> InJson(Template template)
    {
        var bare = template.Placeholders.Select(p => p.Filters.Any(f => f.Name is ValueFilters.Bare)).ToList();
        List<bool> quoted = [];
        var inString = false;
        foreach (var literal in template.Leading)
        {
            for (var i = 0; i < literal.Length; i++)
            {
                if (inString && literal[i] == '\\')
                {
                    i++;
                }
                else if (literal[i] == '"')
                {
                    inString = !inString;
                }
            }

            quoted.Add(inString);
        }

        return (index, value) => quoted[index] ? ValueEncoding.JsonString(value)
            : bare[index] && value is "true" or "false" ? value
            : ValueEncoding.JsonValue(value);
    }
}
