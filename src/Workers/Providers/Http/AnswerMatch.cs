using System.Text.RegularExpressions;
using OtpPipeline.Workers.Providers.Entries;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>A compiled <see cref="HttpMatchOptions"/>.</summary>
internal sealed record AnswerMatch(StatusSet? Status, Regex? Body, JsonPath? Path, string? Value)
{
    public bool NeedsBody => Body is not null || Path is not null;

    public static AnswerMatch Compile(string key, HttpMatchOptions options, EntryProblems problems)
    {
        StatusSet? status = null;
        if (options.Status is not null && (status = StatusSet.Parse(options.Status)) is null)
        {
            problems.Add($"{key}:Status", "must be a list of statuses, such as 200, 4xx or 500-599.");
        }

        if (options is { JsonEquals: not null, JsonPath: null })
        {
            problems.Add($"{key}:JsonEquals", "needs JsonPath beside it.");
        }

        return new(
            status, CompileRegex($"{key}:BodyMatches", options.BodyMatches, problems),
            CompilePath($"{key}:JsonPath", options.JsonPath, problems), options.JsonEquals);
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

    private bool? FitsValue(HttpAnswer answer, JsonPath path)
    {
        if (!answer.IsWhole)
        {
            return null;
        }

        var found = answer.Json(path);
        return Value is null ? found is not null : string.Equals(found, Value, StringComparison.Ordinal);
    }
}
