using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>How values are written into a body, and how it is called.</summary>
/// <param name="Name">What Body:Format says.</param>
/// <param name="ContentType">The header; null where there is no body.</param>
/// <param name="Encoders">The encoding of each placeholder, by its number.</param>
internal sealed record BodyFormat(string Name, string? ContentType, Func<Template, Func<int, string, string>> Encoders)
{
    /// <summary>The template is added to the address.</summary>
    public const string Query = "query";

    public static readonly IReadOnlyDictionary<string, BodyFormat> All = new BodyFormat[]
    {
        new("json", "application/json; charset=utf-8", Json),
        new("form", "application/x-www-form-urlencoded", _ => (_, value) => ValueEncoding.Percent(value)),
        new("xml", "application/xml; charset=utf-8", _ => (_, value) => ValueEncoding.Xml(value)),
        new("text", "text/plain; charset=utf-8", _ => (_, value) => ValueEncoding.AsIs(value)),
        new(Query, null, _ => (_, value) => ValueEncoding.Percent(value)),
    }.ToDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>A placeholder within quotes becomes a part of that string; one without becomes a value of its own.</summary>
    private static Func<int, string, string> Json(Template template)
    {
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

        return (index, value) => quoted[index] ? ValueEncoding.JsonString(value) : ValueEncoding.JsonValue(value);
    }
}
