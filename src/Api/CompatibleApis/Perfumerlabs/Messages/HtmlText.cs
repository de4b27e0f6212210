using System.Net;
using System.Text;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs.Messages;

/// <summary>Extracts the readable text of an HTML page, one line for each block.</summary>
internal static class HtmlText
{
    private static readonly HashSet<string> Unseen = new(StringComparer.OrdinalIgnoreCase) { "head", "style", "script", "title" };

    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "address", "blockquote", "br", "div", "dd", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p",
        "pre", "section", "table", "tr", "ul",
    };

    public static string From(string html)
    {
        var text = new StringBuilder(html.Length);
        for (var at = 0; at < html.Length;)
        {
            var tag = html.IndexOf('<', at);
            text.Append(html, at, (tag < 0 ? html.Length : tag) - at);
            if (tag < 0)
            {
                break;
            }

            at = Skip(html, tag, text);
        }

        // Decoded last, so that no text becomes a tag.
        return Lines(WebUtility.HtmlDecode(text.ToString()));
    }

    /// <summary>The position after the tag or comment that begins here; appends its replacement.</summary>
    private static int Skip(string html, int tag, StringBuilder text)
    {
        if (html.AsSpan(tag).StartsWith("<!--", StringComparison.Ordinal))
        {
            return End(html, "-->", tag);
        }

        var start = tag + 1 + (tag + 1 < html.Length && html[tag + 1] == '/' ? 1 : 0);
        var end = start;
        while (end < html.Length && char.IsAsciiLetterOrDigit(html[end]))
        {
            end++;
        }

        if (end == start && !(tag + 1 < html.Length && html[tag + 1] is '!' or '?'))
        {
            // Not a tag, such as "a < b".
            text.Append('<');
            return tag + 1;
        }

        var name = html[start..end];
        text.Append(Blocks.Contains(name) ? '\n' : name is "td" or "th" ? ' ' : "");
        return Unseen.Contains(name)
            && html[tag + 1] != '/' ? End(html, ">", End(html, $"</{name}", end, beyond: false)) : End(html, ">", end);
    }

    private static int End(string html, string mark, int from, bool beyond = true)
    {
        var found = from >= html.Length ? -1 : html.IndexOf(mark, from, StringComparison.OrdinalIgnoreCase);
        return found < 0 ? html.Length : found + (beyond ? mark.Length : 0);
    }

    /// <summary>Trims each line, collapses spaces, and drops empty lines.</summary>
    private static string Lines(string text) => string.Join('\n', text
        .ReplaceLineEndings("\n").Split('\n')
        .Select(l => string.Join(' ', l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
        .Where(l => l.Length > 0));
}
