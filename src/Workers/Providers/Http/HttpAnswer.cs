using System.Text.Json;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>What a gateway answered, as far as rules look at it.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">Its first 64 KB; empty where no rule asks for it.</param>
/// <param name="Header">The value of a header.</param>
/// <param name="RetryAfter">What it asked for.</param>
internal sealed record HttpAnswer(int Status, string Body, Func<string, string?> Header, TimeSpan? RetryAfter)
{
    private bool _parsed;
    private JsonElement _json;

    /// <summary>The value at a path; null where the body is no JSON.</summary>
    public string? Json(JsonPath path)
    {
        if (!_parsed)
        {
            _parsed = true;
            try
            {
                using var document = JsonDocument.Parse(Body);
                _json = document.RootElement.Clone();
            }
            catch (JsonException)
            {
                _json = default;
            }
        }

        return _json.ValueKind == JsonValueKind.Undefined ? null : path.Find(_json);
    }

    /// <summary>Leaves the body out: it may hold the message.</summary>
    public override string ToString() => $"HTTP {Status}";
}
