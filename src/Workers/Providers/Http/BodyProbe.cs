using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>Fills a template at start with values that are hard to encode, and parses it as the gateway would.</summary>
internal static class BodyProbe
{
    private const string Hostile = " \"'\\ <b>&amp; %41 +=;,{}[]]]>\r\n\tü😀 ";

    /// <summary>Returns what is wrong with the template in this format; null if every value survives unchanged.</summary>
    public static string? Find(BodyFormat format, Template template)
    {
        var filled = template.Render(Sample, format.Encoders(template));
        HashSet<string> read;
        try
        {
            read = format.Name switch
            {
                "json" => [.. JsonTexts(JsonDocument.Parse(filled).RootElement)],
                "xml" => [.. XmlTexts(filled)],
                "form" or BodyFormat.Query => [.. PairTexts(filled)],
                _ => [filled],
            };
        }
        catch (Exception unreadable) when (unreadable is JsonException or XmlException)
        {
            return $"is no {format.Name} once its placeholders are filled in.";
        }

        var lost = template.Placeholders.FirstOrDefault(p => !read.Any(text => text.Contains(Sample(p), StringComparison.Ordinal)));
        return lost is null ? null : $"has {{{{{lost}}}}} where {format.Name} can hold no value.";
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
