using System.Text.RegularExpressions;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Workers.Providers.Entries;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>What a gateway's answer means. Pure: refusals in their order, then success, then what HTTP itself says.</summary>
internal sealed class AnswerRules
{
    private const int LongestMessageId = 255;
    private readonly List<(AnswerMatch Match, Func<TimeSpan?, SendOutcome> Outcome)> _refusals = [];
    private readonly AnswerMatch _success;
    private readonly Func<HttpAnswer, string?> _messageId;

    private AnswerRules(HttpProviderOptions options, EntryProblems problems)
    {
        _success = AnswerMatch.Compile("Success", options.Success, problems);
        if (_success.Status is null)
        {
            _success = _success with { Status = StatusSet.Parse("2xx") };
        }

        for (var i = 0; i < options.Refusals.Count; i++)
        {
            AddRefusal($"Refusals:{i}", options.Refusals[i], problems);
        }

        _messageId = CompileMessageId(options.MessageId ?? new(), options.MessageId is not null, problems, out var messageIdNeedsBody);
        RulesNeedBody = _success.NeedsBody || _refusals.Exists(r => r.Match.NeedsBody);
        NeedBody = RulesNeedBody || messageIdNeedsBody;
    }

    /// <summary>Something asks for the body.</summary>
    public bool NeedBody { get; }

    /// <summary>Without the body nothing can be said.</summary>
    public bool RulesNeedBody { get; }

    public static AnswerRules Compile(HttpProviderOptions options, EntryProblems problems) => new(options, problems);

    public SendOutcome Judge(HttpAnswer answer)
    {
        foreach (var (match, outcome) in _refusals)
        {
            if (match.Fits(answer))
            {
                return outcome(answer.RetryAfter);
            }
        }

        return _success.Fits(answer) ? new SendOutcome.Accepted(Storable(_messageId(answer))) : ByStatus(answer);
    }

    private static SendOutcome ByStatus(HttpAnswer answer) => answer.Status switch
    {
        429 => new SendOutcome.Transient("throttled", answer.RetryAfter),
        408 or >= 500 => new SendOutcome.Transient("unavailable", answer.RetryAfter),
        401 or 407 => new SendOutcome.Refused("authentication_failed"),
        >= 300 and < 400 => new SendOutcome.Refused("redirected"),
        < 300 => new SendOutcome.Refused("not_accepted"),
        _ => new SendOutcome.Refused("refused"),
    };

    /// <summary>An id that the column cannot hold names nothing.</summary>
    private static string? Storable(string? id) =>
        string.IsNullOrEmpty(id) || id.Length > LongestMessageId || id.AsSpan().ContainsAnyInRange('\0', '\u001F') ? null : id;

    private void AddRefusal(string key, HttpRefusalOptions options, EntryProblems problems)
    {
        var match = AnswerMatch.Compile(key, options, problems);
        if (match is { Status: null, NeedsBody: false })
        {
            problems.Add(key, "fits every answer: give Status, BodyMatches or JsonPath.");
        }

        Func<TimeSpan?, SendOutcome>? outcome = options.As switch
        {
            "final" => _ => new SendOutcome.Refused(options.Reason ?? "refused"),
            "transient" => after => new SendOutcome.Transient(options.Reason ?? "unavailable", after),
            "throttled" => after => new SendOutcome.Transient(options.Reason ?? "throttled", after),
            "unknown" => _ => new SendOutcome.Unknown(options.Reason ?? "answer_unclear"),
            _ => null,
        };
        if (outcome is null)
        {
            problems.Add($"{key}:As", "must be final, transient, throttled or unknown.");
            return;
        }

        _refusals.Add((match, outcome));
    }

    private static Func<HttpAnswer, string?> CompileMessageId(HttpMessageIdOptions options, bool given, EntryProblems problems, out bool needsBody)
    {
        var path = AnswerMatch.CompilePath("MessageId:JsonPath", options.JsonPath, problems);
        var regex = AnswerMatch.CompileRegex("MessageId:Regex", options.Regex, problems);
        if (given && new[] { options.JsonPath, options.Regex, options.Header }.Count(o => o is not null) != 1)
        {
            problems.Add("MessageId", "needs one of JsonPath, Regex and Header.");
        }

        needsBody = path is not null || regex is not null;
        if (path is not null)
        {
            return answer => answer.Json(path);
        }

        if (regex is not null)
        {
            return answer => Extract(regex.Match(answer.Body));
        }

        return answer => options.Header is null ? null : answer.Header(options.Header);
    }

    private static string? Extract(Match match) =>
        !match.Success ? null : match.Groups.Count > 1 ? match.Groups[1].Value.Trim() : match.Value.Trim();
}
