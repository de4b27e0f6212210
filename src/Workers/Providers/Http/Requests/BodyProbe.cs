using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Http.Requests;

/// <summary>Fills a template at start with values that are hard to encode, and parses it as the gateway would.</summary>
internal static class BodyProbe
{
    private const string Hostile = " \"'\\ <b>&amp; %41 +=;,{}[]]]>\r\n\tü😀 ";

    /// <summary>Returns what is wrong with the template in this format; null if every value survives unchanged.</summary>
    public static string? Find(BodyFormat format, Template template) =>
        Find(format.Name, template, template.Render(Sample, format.Encoders(template)), without: null);

    /// <summary>Checks XML or JSON that stands in a field of a form: there the filters xml and json escape the values.</summary>
    public static string? FindWithin(Template template) => template.Literals.TrimStart() switch
    {
        ['<', var next, ..] when char.IsLetter(next) || next is '?' or '!' =>
            Find(BodyFormat.Xml, template, template.Render(Sample, ValueEncoding.AsIs), ValueFilters.Xml),
        ['{' or '[', ..] => Find(BodyFormat.Json, template, template.Render(Sample, ValueEncoding.AsIs), ValueFilters.Json),
        _ => null,
    };

    private static string? Find(string format, Template template, string filled, string? without)
    {
        HashSet<string> read;
        try
        {
            read = format switch
            {
                BodyFormat.Json => [.. JsonTexts(JsonDocument.Parse(filled).RootElement)],
                BodyFormat.Xml => [.. XmlTexts(filled)],
                BodyFormat.Form or BodyFormat.Query => [.. PairTexts(filled)],
                _ => [filled],
            };
        }
        catch (Exception unreadable) when (unreadable is JsonException or XmlException)
        {
            return $"is no {format} once its placeholders are filled in{(without is null ? "" : $": add the filter {without} to each")}.";
        }

        foreach (var placeholder in template.Placeholders)
        {
            var expected = placeholder.From(Sample, without);
            if (!read.Any(text => text.Contains(expected, StringComparison.Ordinal)))
            {
                return $"has {{{{{placeholder.Name}}}}} where {format} can hold no value.";
            }
        }

        return null;
    }

    private static string Sample(string placeholder) => placeholder + Hostile;

    private static IEnumerable<string> JsonTexts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => JsonTexts(p.Value).Append(p.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(JsonTexts),
        JsonValueKind.String => [element.GetString()!],
        _ => [],
    };

    private static IEnumerable<string> XmlTexts(string text)
    {
        var document = XDocument.Parse(text, LoadOptions.PreserveWhitespace);
        return document.DescendantNodes().OfType<XText>().Where(t => t is not XCData).Select(t => t.Value)
            .Concat(document.Descendants().Attributes().Select(a => a.Value));
    }

    private static IEnumerable<string> PairTexts(string text) =>
        text.Split('&').SelectMany(pair => pair.Split('=', 2)).Select(part => Uri.UnescapeDataString(part.Replace('+', ' ')));
}
