using System.Text.Json;
using OtpPipeline.Pipeline.Tests.Harness;

namespace OtpPipeline.Pipeline.Tests.CompatibleApis;

/// <summary>A path with its method, as the descriptions have it, and who answers there.</summary>
internal sealed record Target(string CompatibleApi, string Method, string Path, IReadOnlyList<string> Fields)
{
    public const string Admin = "admin";
    public const string Native = "v1";

    /// <summary>The descriptions that there may be: what is off, or not there, is left out.</summary>
    private static readonly string[] Documents = [Native, "beem", "bizmagnets", "gupshup", "perfumerlabs"];

    /// <summary>What the descriptions do not have.</summary>
    private static readonly Target[] Others = [
        new(Native, "GET", "/nowhere", []), new(Native, "POST", "/otp/{otpId}/sendSms", []), new(Native, "GET", "/", []),
        new(Admin, "GET", "/admin/nothing", [])];

    public static async Task<IReadOnlyList<Target>> ReadAllAsync(Client client, Uri api, string adminKey)
    {
        using var http = new HttpClient { BaseAddress = api };
        http.DefaultRequestHeaders.TryAddWithoutValidation("X-API-KEY", adminKey);
        List<Target> targets = [
            .. Others, .. Read(Admin, JsonElement.Parse(await http.GetStringAsync(new Uri("openapi/admin.json", UriKind.Relative))))
        ];
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
        select new Target(
            path.Name.StartsWith("/admin", StringComparison.Ordinal) ? Admin : name, operation.Name.ToUpperInvariant(), path.Name,
            FieldsOf(document, operation.Value));

    /// <summary>Of the body and of the query.</summary>
    private static IReadOnlyList<string> FieldsOf(JsonElement document, JsonElement operation)
    {
        var fields = new List<string>();
        if (operation.TryGetProperty("parameters", out var parameters))
        {
            fields.AddRange(
                parameters.EnumerateArray().Where(p => p.TryGetProperty("in", out var place) && place.GetString() is "query")
                    .Select(p => p.GetProperty("name").GetString()!));
        }

        if (!operation.TryGetProperty("requestBody", out var body))
        {
            return fields;
        }

        var schema = body.GetProperty("content").EnumerateObject().First().Value.GetProperty("schema");
        if (schema.TryGetProperty("$ref", out var reference))
        {
            schema = document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        }

        return schema.TryGetProperty("properties", out var properties)
            ? [.. fields, .. properties.EnumerateObject().Select(p => p.Name)]
            : fields;
    }
}
