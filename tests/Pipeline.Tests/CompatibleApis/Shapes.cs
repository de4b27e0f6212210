using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using OtpPipeline.Pipeline.Tests.Harness;

namespace OtpPipeline.Pipeline.Tests.CompatibleApis;

/// <summary>What shows a caller: a header, and what its compatible API wants in the query instead of one, or beside it.</summary>
internal sealed record Credentials(string Name, string Value, string Query = "");

/// <summary>What each compatible API's answers look like, and what shows its callers; a further compatible API is a further row.</summary>
internal static partial class Shapes
{
    public static readonly IReadOnlyDictionary<string, Func<RawAnswer, bool>> FromErrors = new Dictionary<string, Func<RawAnswer, bool>>(
        StringComparer.Ordinal)
    {
        [Target.Native] = a =>
            Json(a) is { } json && json.TryGetProperty("error", out var error) && Has(error, "type", "message", "uri", "code"),
        [Target.Admin] = a =>
            a.MediaType is "application/problem+json" && Json(a) is { } json && Has(json, "type", "title", "status", "detail", "code"),
        ["beem"] = a =>
            Json(a) is { } json && json.TryGetProperty("data", out var data) && !Has(data, "pinId") && Has(
                data.GetProperty("message"), "code", "message"),
        ["bizmagnets"] = a => Json(a) is { } json && Has(json, "timestamp", "status", "error", "path"),
        ["gupshup"] = IsOfGupshup,
        ["perfumerlabs"] = a =>
            Json(a) is { } json && json.TryGetProperty(
                "status",
                out var status) && status.ValueKind == JsonValueKind.False && !Has(json, "content") && (a.Status == 200
                    || Has(json, "message")),
    };

    /// <summary>
    /// Where a call succeeds whatever its body is, and does nothing: Telegram repeats what is not answered so, and limits that are not
    /// named are left.
    /// </summary>
    private static readonly string[] Harmless = ["/telegram/webhook", "/limit/sms", "/limit/call", "/limit/email"];

    /// <summary>Those that refuse with 200 too: none of their answers to garbage is a success.</summary>
    public static bool RefusesWith200(Target target) =>
        target.CompatibleApi is "beem" or "gupshup" or "perfumerlabs" && !Harmless.Contains(target.Path, StringComparer.Ordinal);

    public static Credentials From(Target target, string key, string adminKey, string basic) => target.CompatibleApi switch
    {
        Target.Admin => new("Authorization", $"Bearer {adminKey}"),
        "beem" => new("Authorization", CompatibleApiSettings.BeemHeader),
        "perfumerlabs" when target.Path.EndsWith("/webhook", StringComparison.Ordinal) =>
            new("X-Telegram-Bot-Api-Secret-Token", PerfumerlabsCaller.Token),
        "perfumerlabs" => new("Authorization", BasicHeader.From($"{PerfumerlabsCaller.Username}:{key}")),
        "gupshup" when target.Path.StartsWith("/GatewayAPI", StringComparison.Ordinal) =>
            new("apikey", key, $"userid=2000000001&password={Uri.EscapeDataString(key)}&method=TWO_FACTOR_AUTH&v=1.1"),
        "gupshup" => new("apikey", key, $"key={HostSettings.GupshupKeyOf(key)}"),
        _ when target.Path.StartsWith("/oauth", StringComparison.Ordinal) => new("Authorization", basic),
        _ => new("X-API-KEY", key),
    };

    /// <summary>JSON of two kinds, a line, or XML.</summary>
    private static bool IsOfGupshup(RawAnswer answer) => answer.MediaType switch
    {
        "text/plain" => Line().IsMatch(answer.Body),
        "application/xml" =>
            Xml(answer.Body) is { Name.LocalName: "response" } xml && xml.Element("status")?.Value is "error" && IsCode(
                xml.Element("code")?.Value) && xml.Element("details") is not null,
        _ =>
            Json(answer) is { } json && (
                json.TryGetProperty("response", out var inner) ? IsError(inner, "details") : IsError(json, "message")),
    };

    private static bool IsError(JsonElement json, string text) =>
        Has(json, "status", "code", text) && json.GetProperty("status").GetString() is "error"
            && IsCode(json.GetProperty("code").GetString());

    private static bool IsCode(string? text) => text is ['9', >= '0' and <= '9', >= '0' and <= '9'];

    private static JsonElement? Json(RawAnswer answer)
    {
        try
        {
            return answer.MediaType.Contains("json", StringComparison.Ordinal)
                && JsonDocument.Parse(answer.Body).RootElement is { ValueKind: JsonValueKind.Object } json ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static XElement? Xml(string text)
    {
        try
        {
            return XDocument.Parse(text).Root;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static bool Has(JsonElement json, params string[] names) =>
        json.ValueKind == JsonValueKind.Object && names.All(n => json.TryGetProperty(n, out _));

    [GeneratedRegex(@"\Aerror \| 9[0-9]{2} \| [^|\r\n]+\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line();
}
