using System.Globalization;
using System.Text.RegularExpressions;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Hosting.Providers.Json;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>Maps a gateway's answer to an outcome: refusals in order, then success, then the HTTP status. No side effects.</summary>
/// <remarks>
/// A body may be truncated or undecodable. A result that is certain without the rest stands. An answer that may be a success and may be a
/// refusal is UNKNOWN.
/// </remarks>
internal sealed class AnswerRules
{
    private const int LongestMessageId = 255;
    private readonly List<(AnswerMatch Match, Func<TimeSpan?, SendOutcome> Outcome)> _refusals = [];
    private readonly AnswerMatch _success;
    private readonly Func<HttpAnswer, string?> _messageId;
    private readonly JsonPath? _retryAfter;

    private AnswerRules(HttpProviderOptions options, EntryProblems problems)
    {
        _success = AnswerMatch.Compile("Success", options.Success, problems, all: true);
        if (_success.Status is null)
        {
            _success = _success with { Status = StatusSet.Parse("2xx") };
        }

        for (var i = 0; i < options.Refusals.Count; i++)
        {
            AddRefusal($"Refusals:{i}", options.Refusals[i], problems);
        }

        _messageId = CompileMessageId(options.MessageId ?? new(), options.MessageId is not null, problems, out var messageIdNeedsBody);
        _retryAfter = AnswerMatch.CompilePath("RetryAfter", options.RetryAfter, problems);
        NeedBody = messageIdNeedsBody || _retryAfter is not null || _success.NeedsBody || _refusals.Exists(r => r.Match.NeedsBody);
    }

    /// <summary>True if a rule needs the body.</summary>
    public bool NeedBody { get; }

    public static AnswerRules Compile(HttpProviderOptions options, EntryProblems problems) => new(options, problems);

    public SendOutcome Classify(HttpAnswer answer)
    {
        if (_success.FitsInPart(answer))
        {
            return new SendOutcome.Unknown("partly_accepted");
        }

        answer = answer with { RetryAfter = Asked(answer) ?? answer.RetryAfter };
        List<SendOutcome> possible = [];
        foreach (var (match, outcome) in _refusals)
        {
            switch (match.Fits(answer))
            {
                case true:
                    return NotAccepted([.. possible, outcome(answer.RetryAfter)]);
                case null:
                    possible.Add(outcome(answer.RetryAfter));
                    break;
            }
        }

        return (IsSuccess(answer), possible.Count) switch
        {
            (false, _) => NotAccepted([.. possible, ByStatus(answer)]),
            (true, 0) => new SendOutcome.Accepted(Storable(_messageId(answer))),
            _ => new SendOutcome.Unknown(answer.Body.Problem ?? AnswerBody.Unreadable),
        };
    }

    /// <summary>Returns null if the rule cannot read the answer: an error page is not JSON and says nothing about the message.</summary>
    private bool? IsSuccess(HttpAnswer answer) =>
        _success.Fits(answer) is false && _success is { Path: not null, Status: { } status } && status.Contains(answer.Status)
            && !answer.IsJson
            ? null
            : _success.Fits(answer);

    /// <summary>The last outcome is certain unless an earlier one applies. A retry does no harm if nothing was accepted.</summary>
    private static SendOutcome NotAccepted(IReadOnlyList<SendOutcome> possible) =>
        possible.FirstOrDefault(o => o is SendOutcome.Unknown) ?? possible.LastOrDefault(o => o.MayBeRepeated) ?? possible[^1];

    private static SendOutcome ByStatus(HttpAnswer answer) => answer.Status switch
    {
        429 => new SendOutcome.Throttled("throttled", answer.RetryAfter),
        408 or >= 500 => new SendOutcome.ProviderFailed("unavailable", answer.RetryAfter),
        401 or 403 or 407 => new SendOutcome.ProviderFailed("authentication_failed"),
        402 => new SendOutcome.ProviderFailed("no_balance"),
        404 or 405 => new SendOutcome.ProviderFailed("not_found"),
        >= 300 and < 400 => new SendOutcome.ProviderFailed("redirected"),
        < 300 => new SendOutcome.ProviderFailed("not_accepted"),
        _ => new SendOutcome.Refused("refused"),
    };

    /// <summary>The seconds in the body that the gateway asks to wait, as in 30 or FLOOD_WAIT_30; at most a day.</summary>
    private TimeSpan? Asked(HttpAnswer answer) =>
        _retryAfter is { } path && answer.Json(path) is { } text
        && int.TryParse(text.AsSpan(text.LastIndexOf('_') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds > 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, 86_400))
            : null;

    /// <summary>Returns null for an id that does not fit in the column.</summary>
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
            "recipient" => _ => new SendOutcome.Refused(options.Reason ?? "refused"),
            "provider" => after => new SendOutcome.ProviderFailed(options.Reason ?? "unavailable", after),
            "throttled" => after => new SendOutcome.Throttled(options.Reason ?? "throttled", after),
            "unknown" => _ => new SendOutcome.Unknown(options.Reason ?? "answer_unclear"),
            _ => null,
        };
        if (outcome is null)
        {
            problems.Add($"{key}:As", options.As switch
            {
                "final" => "is final: write recipient where no provider could reach the recipient, or provider where another one can.",
                "transient" => "is transient: write provider.",
                _ => "must be recipient, provider, throttled or unknown.",
            });
            return;
        }

        _refusals.Add((match, outcome));
    }

    private static Func<HttpAnswer, string?> CompileMessageId(
        HttpMessageIdOptions options, bool given, EntryProblems problems, out bool needsBody)
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
            return answer => Extract(answer.Find(regex));
        }

        return answer => options.Header is null ? null : answer.Header(options.Header);
    }

    private static string? Extract(Match? match) =>
        match is null ? null : match.Groups.Count > 1 ? match.Groups[1].Value.Trim() : match.Value.Trim();
}
