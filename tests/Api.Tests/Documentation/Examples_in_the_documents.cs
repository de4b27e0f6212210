using System.Text.Json;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Tests.Documentation;

/// <summary>A reader of the documents sees what goes in, what comes out, and each refusal.</summary>
public sealed class Examples_in_the_documents
{
    private const string Reference = "$ref";
    private readonly ApiHost _host;

    public Examples_in_the_documents(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Theory]
    [InlineData("v1", "/otp", "post")]
    [InlineData("v1", "/otp", "get")]
    [InlineData("v1", "/otp/{otpId}", "get")]
    [InlineData("v1", "/otp/{otpId}", "post")]
    [InlineData("v1", "/otp/{otpId}", "delete")]
    [InlineData("v1", "/otp/{otpId}/resend", "post")]
    [InlineData("v1", "/otp/{otpId}/next", "post")]
    [InlineData("admin", "/admin/otp", "get")]
    [InlineData("admin", "/admin/providers", "get")]
    [InlineData("admin", "/admin/providers/{name}/pause", "post")]
    [InlineData("admin", "/admin/providers/{name}/resume", "post")]
    [InlineData("admin", "/admin/providers/{name}/weight", "put")]
    [InlineData("admin", "/admin/providers/{name}/test", "post")]
    public async Task Are_there_for_the_bodies_of_a_call(string name, string path, string method)
    {
        var document = JsonElement.Parse(await _host.DocumentAsync(name));
        var operation = document.GetProperty("paths").GetProperty(path).GetProperty(method);

        List<JsonElement> bodies =
            [.. operation.GetProperty("responses").EnumerateObject().Where(r => r.Name[0] == '2').Select(r => r.Value)];
        if (operation.TryGetProperty("requestBody", out var request))
        {
            bodies.Add(request);
        }

        bodies.ShouldNotBeEmpty();
        foreach (var body in bodies)
        {
            var content = body.GetProperty("content").EnumerateObject().Single().Value;
            HasExample(document, content.GetProperty("schema")).ShouldBeTrue(content.ToString());
        }
    }

    [Fact]
    public async Task Are_there_for_each_code_from_2120_on()
    {
        var examples = JsonElement.Parse(await _host.DocumentAsync("v1")).GetProperty("components").GetProperty("examples");
        var shown = examples.EnumerateObject()
            .Select(e => e.Value.GetProperty("value").GetProperty("error").GetProperty("code").GetInt32()).ToHashSet();

        var codes = Enum.GetValues<ErrorKind>().Select(k => (int)k).Where(c => c >= (int)ErrorKind.RateLimited).ToList();

        codes.Count.ShouldBeGreaterThan(14);
        codes.Except(shown).ShouldBeEmpty();
    }

    /// <summary>An example of the schema itself, or of what its list or its fields hold.</summary>
    private static bool HasExample(JsonElement document, JsonElement schema)
    {
        if (schema.TryGetProperty(Reference, out var reference))
        {
            var name = reference.GetString()!.Split('/')[^1];
            return HasExample(document, document.GetProperty("components").GetProperty("schemas").GetProperty(name));
        }

        return schema.TryGetProperty("example", out _) || schema.TryGetProperty("examples", out _)
            || (schema.TryGetProperty("items", out var items) && HasExample(document, items))
            || (schema.TryGetProperty("properties", out var fields)
                && fields.EnumerateObject().Any(f => HasExample(document, f.Value)));
    }
}
