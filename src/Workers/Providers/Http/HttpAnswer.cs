using System.Text.Json;
using System.Text.RegularExpressions;
using OtpPipeline.Hosting.Providers.Json;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>The parts of a gateway's answer that rules use.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The start of the body; empty if no rule needs it.</param>
/// <param name="Header">Returns the value of a header.</param>
/// <param name="RetryAfter">The delay that the gateway asked for.</param>
internal sealed record HttpAnswer(int Status, AnswerBody Body, Func<string, string?> Header, TimeSpan? RetryAfter)
{
    private bool _parsed;
    private JsonElement? _json;

    /// <summary>True if the body is complete JSON, even if the transfer broke off after it.</summary>
    public bool IsJson => Root is not null;

    /// <summary>True if no part of the body is missing.</summary>
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

    /// <summary>Returns the value at a path; null if the body is not JSON.</summary>
    public string? Json(JsonPath path) => Root is { } root ? path.Find(root) : null;

    /// <summary>Returns the values at a path, null for one that is missing; empty if the body is not JSON.</summary>
    public IEnumerable<string?> All(JsonPath path) => Root is { } root ? path.FindAll(root) : [];

    /// <summary>Returns whether the body matches; null if its missing part decides.</summary>
    public bool? Matches(Regex regex)
    {
        if (IsWhole)
        {
            return regex.IsMatch(Body.Text);
        }

        // A match before a letter and before a space holds for any following text: no pattern here looks further ahead.
        return regex.IsMatch(Body.Text + "x") && regex.IsMatch(Body.Text + " ") ? true : null;
    }

    /// <summary>Returns the first match, unless following text could make it longer.</summary>
    public Match? Find(Regex regex)
    {
        var match = regex.Match(Body.Text);
        return match.Success && (IsWhole || match.Index + match.Length < Body.Text.Length) ? match : null;
    }

    /// <summary>Omits the body: it may hold the message.</summary>
    public override string ToString() => $"HTTP {Status}";
}
