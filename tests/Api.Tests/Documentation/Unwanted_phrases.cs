using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Tests.Documentation;

/// <summary>In what users and operators read. docs/glossary.md has the field's words.</summary>
public sealed partial class Unwanted_phrases(ApiHost host)
{
    /// <summary>
    /// As regular expressions between word boundaries; an unwanted word that is fine in a phrase names what may not stand before it.
    /// </summary>
    private static readonly string[] Unwanted =
    [
        "that which", "those which", "whoever", "whomever", "(?<!there )(is|are) none", "of (its|their|our) own",
        "(is|are|was|were|be|been|goes|go|went|database|PostgreSQL|RabbitMQ|broker|provider|subscriber) away",
        "doors?", "rooms?", "wish(es|ed)?", "dialects?", "wires?", "twins?", "lanes?", "gates?", "desks?", "seal(s|ed|ing)?",
        "unseal(s|ed)?",
        "judge[sd]?", "judging", "judgements?", "drafts?", "gather(s|ed|ing|ers?)?",
    ];

    [Theory]
    [InlineData("v1")]
    [InlineData("admin")]
    [InlineData("beem")]
    [InlineData("bizmagnets")]
    [InlineData("gupshup")]
    [InlineData("perfumerlabs")]
    public async Task Are_in_no_OpenAPI_document(string name)
    {
        Servers.SkipWithout();
        using var http = host.Factory.CreateClient();
        var document = (await new ApiClient(http, name == "admin" ? host.AdminKey : null).GetAsync($"/openapi/{name}.json")).Json;

        var texts = TextsOf(document).ToList();

        texts.Count.ShouldBeGreaterThan(10);
        ShouldBePlain(texts);
    }

    [Fact]
    public void Are_in_no_sentence_of_an_error()
    {
        var errors = new[] { typeof(OtpErrors), typeof(SearchErrors), typeof(ApiErrors) }
            .SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(f => f.GetValue(null)).OfType<OtpError>().Select(e => e.Message).ToList();

        errors.Count.ShouldBeGreaterThan(60);
        ShouldBePlain(errors);
    }

    [Fact]
    public void Are_in_no_log_message()
    {
        var templates = Directory.EnumerateFiles(At("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => LogTemplates().Matches(File.ReadAllText(f))).Select(m => m.Groups["text"].Value).ToList();

        templates.Count.ShouldBeGreaterThan(50);
        ShouldBePlain(templates);
    }

    [Fact]
    public void Are_in_no_page()
    {
        string[] pages = [At("README.md"), .. Directory.EnumerateFiles(At("docs"), "*.*", SearchOption.AllDirectories)];

        pages.Length.ShouldBeGreaterThan(40);
        ShouldBePlain(pages.Select(p => $"{Path.GetFileName(p)}: {Names().Replace(File.ReadAllText(p), " ")}"));
    }

    [Theory]
    [InlineData("A pause while the database is away", "database is away")]
    [InlineData("One that whoever wants it sees", "whoever")]
    [InlineData("a test of\n    its own", "of its own")]
    [InlineData("The key seals it", "seals")]
    [InlineData("0 where there is none", null)]
    [InlineData("A gateway far away", null)]
    public void Are_found_where_they_stand(string text, string? phrase) =>
        (Found(text).SingleOrDefault()?.Contains(phrase ?? "nothing")).ShouldBe(phrase is null ? null : true);

    private static void ShouldBePlain(IEnumerable<string> texts) => texts.SelectMany(Found).ShouldBeEmpty();

    /// <summary>Each unwanted phrase with what stands around it.</summary>
    private static IEnumerable<string> Found(string text)
    {
        var line = Spaces().Replace(text, " ");
        return Regex.Matches(
            line, $@"\b({string.Join('|', Unwanted)})\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10))
            .Select(m => line[Math.Max(0, m.Index - 40)..Math.Min(line.Length, m.Index + m.Length + 20)]);
    }

    private static IEnumerable<string> TextsOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p =>
            p.Name is "title" or "summary" or "description"
                && p.Value.ValueKind == JsonValueKind.String ? [p.Value.GetString()!] : TextsOf(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(TextsOf),
        _ => [],
    };

    private static string At(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OtpPipeline.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("These tests run within the repository.");
        }

        return Path.Combine(folder.FullName, path);
    }

    [GeneratedRegex(@"\[LoggerMessage\([^\]]*?Message = ""(?<text>(\\.|[^""\\])*)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex LogTemplates();

    /// <summary>Identifiers in code spans, and the targets of links.</summary>
    [GeneratedRegex(@"`[^`\n]*`|\]\([^)\n]*\)", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Names();

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Spaces();
}
