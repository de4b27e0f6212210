using System.Globalization;
using System.Text.RegularExpressions;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Hosting.Providers.Json;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>A compiled <see cref="HttpMatchOptions"/>.</summary>
/// <param name="Status">Any status if null.</param>
/// <param name="Body">Any body if null.</param>
/// <param name="Path">To one value, or to several.</param>
/// <param name="Value">Whether a value fits; any does if null.</param>
/// <param name="All">All values at the path must fit, instead of one.</param>
internal sealed record AnswerMatch(StatusSet? Status, Regex? Body, JsonPath? Path, Func<string, bool>? Value, bool All)
{
    public bool NeedsBody => Body is not null || Path is not null;

    public static AnswerMatch Compile(string key, HttpMatchOptions options, EntryProblems problems, bool all = false)
    {
        StatusSet? status = null;
        if (options.Status is not null && (status = StatusSet.Parse(options.Status)) is null)
        {
            problems.Add($"{key}:Status", "must be a list of statuses, such as 200, 4xx or 500-599.");
        }

        if (options is { JsonEquals: not null, JsonPath: null } or { JsonIn: not null, JsonPath: null })
        {
            problems.Add(options.JsonEquals is null ? $"{key}:JsonIn" : $"{key}:JsonEquals", "needs JsonPath beside it.");
        }

        if (options is { JsonEquals: not null, JsonIn: not null })
        {
            problems.Add($"{key}:JsonIn", $"and {key}:JsonEquals are both set: keep one of them.");
        }

        return new(
            status, CompileRegex($"{key}:BodyMatches", options.BodyMatches, problems),
            CompilePath($"{key}:JsonPath", options.JsonPath, problems), CompileValue(options), all);
    }

    public static JsonPath? CompilePath(string key, string? text, EntryProblems problems)
    {
        if (text is null)
        {
            return null;
        }

        var path = JsonPath.Parse(text);
        if (path is null)
        {
            problems.Add(key, "must be a path such as $.messages[0].status.");
        }

        return path;
    }

    /// <summary>Compiles a regular expression whose time is proportional to the body, for any body.</summary>
    public static Regex? CompileRegex(string key, string? pattern, EntryProblems problems)
    {
        if (pattern is null)
        {
            return null;
        }

        try
        {
            return new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
        }
        catch (ArgumentException)
        {
            problems.Add(key, "is no regular expression.");
        }
        catch (NotSupportedException)
        {
            problems.Add(key, "uses lookarounds or back references, which are not taken here.");
        }

        return null;
    }

    /// <summary>Returns null if only the unread part of the body could decide.</summary>
    public bool? Fits(HttpAnswer answer)
    {
        bool? status = Status is null || Status.Contains(answer.Status);
        var body = Body is null ? true : answer.Matches(Body);
        var value = Path is null ? true : FitsValue(answer, Path);
        return status is false || body is false || value is false ? false : status is true && body is true && value is true ? true : null;
    }

    /// <summary>Some of the messages in the body fit, and some do not.</summary>
    public bool FitsInPart(HttpAnswer answer) =>
        All && Path is { IsMany: true } path && answer.IsWhole && Status?.Contains(answer.Status) is not false
        && answer.All(path).ToList() is var found && found.Exists(v => Fits(v)) && found.Exists(v => !Fits(v));

    private bool? FitsValue(HttpAnswer answer, JsonPath path)
    {
        if (!answer.IsWhole)
        {
            return null;
        }

        var found = answer.All(path).ToList();
        return found.Count > 0 && (All ? found.TrueForAll(Fits) : found.Exists(Fits));
    }

    private bool Fits(string? value) => value is not null && (Value is null || Value(value));

    private static Func<string, bool>? CompileValue(HttpMatchOptions options)
    {
        if (options.JsonIn is null)
        {
            return options.JsonEquals is { } equals ? value => string.Equals(value, equals, StringComparison.Ordinal) : null;
        }

        var items = options.JsonIn.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var texts = items.ToHashSet(StringComparer.Ordinal);
        var ranges = items.Select(i => i.Split('-')).Where(i => i.Length == 2 && Number(i[0]) is not null && Number(i[1]) is not null)
            .Select(i => (From: Number(i[0])!.Value, To: Number(i[1])!.Value)).ToList();
        return value => texts.Contains(value) || (Number(value) is { } number && ranges.Exists(r => number >= r.From && number <= r.To));
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
