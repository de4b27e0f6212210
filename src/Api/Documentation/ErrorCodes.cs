using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text;
using OtpPipeline.Api.Admin;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Documentation;

/// <summary>GET /docs/errors: docs/errors.md with the messages of each code. Each error body links here.</summary>
internal static class ErrorCodes
{
    private static readonly FrozenDictionary<OtpError, string> Names =
        new[] { typeof(OtpErrors), typeof(SearchErrors), typeof(ApiErrors), typeof(AdminErrors), typeof(CommonErrors) }
            .SelectMany(CommonErrors.Of).DistinctBy(e => e.Error).ToFrozenDictionary(e => e.Error, e => e.Name);

    private static readonly Lazy<string> Page = new(Render);

    public static IEnumerable<OtpError> All => Names.Keys.OrderBy(e => e.Code);

    /// <summary>The name of an error in examples.</summary>
    /// <exception cref="KeyNotFoundException">No error class declares the error.</exception>
    public static string NameOf(OtpError error) => Names[error];

    public static void MapErrorCodes(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/docs/errors", [HttpMethods.Get, HttpMethods.Head], static (HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "no-cache";
            return TypedResults.Content(Page.Value, "text/html; charset=utf-8");
        }).ExcludeFromDescription();

    private static string Render()
    {
        var page = new StringBuilder(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Error codes</title><h1>Error codes</h1>"
            + "<table><thead><tr><th>Code</th><th>HTTP</th><th>What it means</th><th>What to " +
                "do</th><th>Messages</th></tr></thead>\n<tbody>");
        var messages = All.ToLookup(e => e.Code, e => $"{e.Type}: {WebUtility.HtmlEncode(e.Message)}");
        foreach (var row in Rows())
        {
            var code = int.Parse(row[0], CultureInfo.InvariantCulture);
            page.Append("<tr id=\"").Append(code).Append("\"><td>").AppendJoin("</td><td>", row.Select(Html))
                .Append("</td><td>").AppendJoin("<br>", messages[code]).Append("</td></tr>\n");
        }

        return page.Append("</tbody></table></html>\n").ToString();
    }

    /// <summary>The table of docs/errors.md: code, status, meaning and advice.</summary>
    internal static IEnumerable<string[]> Rows()
    {
        using var text = new StreamReader(typeof(ErrorCodes).Assembly.GetManifestResourceStream("errors.md")!);
        foreach (var line in text.ReadToEnd().Split('\n').Where(l => l is ['|', ' ', >= '0' and <= '9', ..]))
        {
            yield return line.Trim('|').Split('|', StringSplitOptions.TrimEntries);
        }
    }

    /// <summary>Every second part between backticks is code.</summary>
    private static string Html(string markdown) =>
        string.Concat(WebUtility.HtmlEncode(markdown).Split('`').Select((part, i) => i % 2 == 1 ? $"<code>{part}</code>" : part));
}
