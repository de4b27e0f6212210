using System.Text.Json;
using System.Text.RegularExpressions;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>What a gateway answered, as far as rules look at it.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">Its begin; empty where no rule asks for it.</param>
/// <param name="Header">The value of a header.</param>
/// <param name="RetryAfter">What it asked for.</param>
internal sealed record HttpAnswer(int Status, AnswerBody Body, Func<string, string?> Header, TimeSpan? RetryAfter)
{
    private bool _parsed;
    private JsonElement? _json;

    /// <summary>The body is JSON from its begin to its end; a transfer that broke off afterwards changes nothing.</summary>
    public bool IsJson => Root is not null;

    /// <summary>Nothing of the body is hidden.</summary>
    public bool IsWhole => Body.Problem is null || Root is { ValueKind: JsonValueKind.Object or JsonValueKind.Array };

    private JsonElement? Root
    {
        get
        {
            if (!_parsed)
            {
                _parsed = true;
                try
                {
                    using var document = JsonDocument.Parse(Body.Text);
                    _json = document.RootElement.Clone();
                }
                catch (JsonException)
                {
                    _json = null;
                }
            }

            return _json;
        }
    }

    /// <summary>The value at a path; null where the body is no JSON.</summary>
    public string? Json(JsonPath path) => Root is { } root ? path.Find(root) : null;

    /// <summary>Whether the body matches; null where what is hidden of it decides.</summary>
    public bool? Matches(Regex regex)
    {
        if (IsWhole)
        {
            return regex.IsMatch(Body.Text);
        }

        // What matches before a letter and before a space matches whatever follows: no pattern here looks further ahead.
        return regex.IsMatch(Body.Text + "x") && regex.IsMatch(Body.Text + " ") ? true : null;
    }

    /// <summary>The first match, if what follows cannot make it longer.</summary>
    public Match? Find(Regex regex)
    {
        var match = regex.Match(Body.Text);
        return match.Success && (IsWhole || match.Index + match.Length < Body.Text.Length) ? match : null;
    }

    /// <summary>Leaves the body out: it may hold the message.</summary>
    public override string ToString() => $"HTTP {Status}";
}
