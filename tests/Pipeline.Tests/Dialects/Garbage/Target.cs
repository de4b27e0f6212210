using System.Text.Json;
using OtpPipeline.Pipeline.Tests.Harness;

namespace OtpPipeline.Pipeline.Tests.Dialects.Garbage;

/// <summary>A path with its method, as the descriptions have it, and who answers there.</summary>
internal sealed record Target(string Dialect, string Method, string Path, IReadOnlyList<string> Fields)
{
    public const string Admin = "admin";
    public const string Native = "v1";

    /// <summary>The descriptions that there may be: what is off, or not there, is left out.</summary>
    private static readonly string[] Documents = [Native, "beem", "bizmagnets", "gupshup", "perfumerlabs"];

    /// <summary>What the descriptions do not have.</summary>
    private static readonly Target[] Others = [new(Native, "GET", "/nowhere", []), new(Native, "POST", "/otp/{otpId}/sendSms", []), new(Native, "GET", "/", []), new(Admin, "GET", "/admin/nothing", [])];

    public static async Task<IReadOnlyList<Target>> ReadAllAsync(Client client)
    {
        var targets = new List<Target>(Others);
        foreach (var name in Documents)
        {
            var answer = await client.ReadAsync($"openapi/{name}.json");
            if (answer.Status == 200)
            {
                targets.AddRange(Read(name, answer.Body));
            }
        }

        return targets;
    }

    private static IEnumerable<Target> Read(string name, JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select new Target(path.Name.StartsWith("/admin", StringComparison.Ordinal) ? Admin : name, operation.Name.ToUpperInvariant(), path.Name, FieldsOf(document, operation.Value));

    private static IReadOnlyList<string> FieldsOf(JsonElement document, JsonElement operation)
    {
        if (!operation.TryGetProperty("requestBody", out var body))
        {
            return [];
        }

        var schema = body.GetProperty("content").EnumerateObject().First().Value.GetProperty("schema");
        if (schema.TryGetProperty("$ref", out var reference))
        {
            schema = document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        }

        return schema.TryGetProperty("properties", out var properties) ? [.. properties.EnumerateObject().Select(p => p.Name)] : [];
    }
}

/// <summary>What each dialect's answers look like, and what shows its callers; a further dialect is a further row.</summary>
internal static class Shapes
{
    public static readonly IReadOnlyDictionary<string, Func<RawAnswer, bool>> OfRefusals = new Dictionary<string, Func<RawAnswer, bool>>(StringComparer.Ordinal)
    {
        [Target.Native] = a => Json(a) is { } json && json.TryGetProperty("error", out var error) && Has(error, "type", "message", "uri", "code"),
        [Target.Admin] = a => a.MediaType is "application/problem+json" && Json(a) is { } json && Has(json, "type", "title", "status", "detail", "code"),
        ["beem"] = a => Json(a) is { } json && json.TryGetProperty("data", out var data) && !Has(data, "pinId") && Has(data.GetProperty("message"), "code", "message"),
        ["bizmagnets"] = a => Json(a) is { } json && Has(json, "timestamp", "status", "error", "path"),
    };

    /// <summary>Those that refuse with 200 too: none of their answers to garbage is a success.</summary>
    public static readonly IReadOnlySet<string> RefusingWith200 = new HashSet<string>(StringComparer.Ordinal) { "beem" };

    public static (string Name, string Value) Credentials(string dialect, string path, string key, string adminKey, string basic) => dialect switch
    {
        Target.Admin => ("Authorization", $"Bearer {adminKey}"),
        "beem" => ("Authorization", DialectSettings.BeemHeader),
        _ when path.StartsWith("/oauth", StringComparison.Ordinal) => ("Authorization", basic),
        _ => ("X-API-KEY", key),
    };

    private static JsonElement? Json(RawAnswer answer)
    {
        try
        {
            return answer.MediaType.Contains("json", StringComparison.Ordinal) && JsonDocument.Parse(answer.Body).RootElement is { ValueKind: JsonValueKind.Object } json ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool Has(JsonElement json, params string[] names) => json.ValueKind == JsonValueKind.Object && names.All(n => json.TryGetProperty(n, out _));
}
