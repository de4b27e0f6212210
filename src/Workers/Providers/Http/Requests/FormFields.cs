using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Http.Requests;

/// <summary>The fields of a form or a query, each with its template. A field whose value is empty is left out.</summary>
internal sealed class FormFields
{
    private readonly List<(string Name, Template Value)> _fields = [];

    /// <summary>Every template is checked with values that are hard to encode. In a name, %3A stands for a colon.</summary>
    public static FormFields Compile(IDictionary<string, string> fields, Placeholders placeholders, EntryProblems problems)
    {
        var compiled = new FormFields();
        foreach (var (name, text) in fields)
        {
            if (placeholders.Parse(text, out var problem) is not { } template)
            {
                problems.Add($"Body:Fields:{name}", problem);
            }
            else if (BodyProbe.FindWithin(template) is { } wrong)
            {
                problems.Add($"Body:Fields:{name}", wrong);
            }
            else
            {
                compiled._fields.Add((name.Replace("%3A", ":", StringComparison.OrdinalIgnoreCase), template));
            }
        }

        return compiled;
    }

    public string Render(Func<string, string> values) => string.Join(
        '&',
        _fields.Select(f => (f.Name, Value: f.Value.Render(values, ValueEncoding.AsIs))).Where(f => f.Value.Length > 0)
            .Select(f => $"{ValueEncoding.Percent(f.Name)}={ValueEncoding.Percent(f.Value)}"));
}
