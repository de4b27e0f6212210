using System.Reflection;
using System.Text.Json;
using OtpPipeline.Api.CompatibleApis.Beem;
using OtpPipeline.Api.CompatibleApis.Gupshup;
using OtpPipeline.Api.Documentation;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Api.Tests.Documentation;

public sealed class What_a_document_shows
{
    private readonly ApiHost _host;

    public What_a_document_shows(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("admin")]
    public async Task Shows_for_each_operation_its_success_its_errors_and_bodies_that_exist(string name)
    {
        var document = JsonElement.Parse(await _host.DocumentAsync(name));

        foreach (var (path, operation) in document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(o => (p.Name, o.Value))))
        {
            var responses = operation.GetProperty("responses").EnumerateObject().ToList();
            responses[0].Name.ShouldBeOneOf("200", "201", "202", "204");
            responses.ShouldContain(r => r.Name == "429");
            foreach (var response in responses.Where(r => r.Name[0] != '2'))
            {
                Reference(response.Value).ShouldBe(path.StartsWith("/admin", StringComparison.Ordinal) ? "ProblemAnswer" : "ErrorAnswer");
            }
        }
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("admin")]
    public async Task Gives_each_error_an_example_of_its_own(string name)
    {
        var document = JsonElement.Parse(await _host.DocumentAsync(name));
        var shown = document.GetProperty("components").GetProperty("examples").EnumerateObject()
            .ToDictionary(e => e.Name, e => e.Value.GetProperty("value"), StringComparer.Ordinal);
        var messages = ErrorCodes.All.ToLookup(e => e.Message, e => e.Code);

        var responses = Operations(document).SelectMany(o => o.GetProperty("responses").EnumerateObject());
        foreach (var response in responses.Where(r => r.Name[0] != '2'))
        {
            var content = response.Value.GetProperty("content").EnumerateObject().Single().Value;
            var examples = content.GetProperty("examples").EnumerateObject().ToList();
            examples.ShouldNotBeEmpty();
            foreach (var example in examples)
            {
                var body = shown[example.Value.GetProperty("$ref").GetString()!.Split('/')[^1]];
                var error = name is "v1" ? body.GetProperty("error") : body;
                var message = error.GetProperty(name is "v1" ? "message" : "detail").GetString()!;
                messages[message].ShouldContain(error.GetProperty("code").GetInt32(), example.Name);
                body.TryGetProperty("status", out var status).ShouldBe(name is "admin");
                (name is "v1" ? response.Name : status.GetRawText()).ShouldBe(response.Name, example.Name);
            }
        }
    }

    [Theory]
    [InlineData("beem")]
    [InlineData("bizmagnets")]
    [InlineData("gupshup")]
    [InlineData("perfumerlabs")]
    public async Task Of_a_compatible_API_shows_each_answer_as_its_clients_get_it(string name)
    {
        var document = JsonElement.Parse(await _host.DocumentAsync(name));

        foreach (var response in Operations(document).SelectMany(o => o.GetProperty("responses").EnumerateObject()))
        {
            var content = response.Value.GetProperty("content").EnumerateObject().Single().Value;
            content.GetProperty("examples").EnumerateObject().ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task Of_Beem_and_Gupshup_shows_every_code_of_a_call()
    {
        int[] beem = [.. CodesOf(typeof(BeemCodes), (BeemMessage m) => m.Code).Except([BeemCodes.NoSuchCall.Code])];
        int[] gupshup = [.. CodesOf(typeof(GupshupCodes), (GupshupCode c) => c.Number).Except([GupshupCodes.NoSuchCall.Number])];

        beem.Length.ShouldBeGreaterThan(15);
        gupshup.Length.ShouldBeGreaterThan(10);
        var document = await _host.DocumentAsync("beem");
        beem.ShouldAllBe(code => document.Contains($"\"code\": {code},", StringComparison.Ordinal));
        document = await _host.DocumentAsync("gupshup");
        gupshup.ShouldAllBe(code => document.Contains($"\"code\": \"{code}\",", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("admin")]
    [InlineData("beem")]
    [InlineData("bizmagnets")]
    [InlineData("gupshup")]
    [InlineData("perfumerlabs")]
    public async Task Has_no_number_that_may_be_a_text(string name)
    {
        var types = Below(JsonElement.Parse(await _host.DocumentAsync(name)))
            .Where(e => e.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.Array)
            .Select(e => string.Join(' ', e.GetProperty("type").EnumerateArray()))
            .ToList();

        types.ShouldAllBe(t => !(t.Contains("string") && (t.Contains("integer") || t.Contains("number"))));
        Below(JsonElement.Parse("""{"a":{"type":["integer","string"]}}""")).Count(e => e.TryGetProperty("type", out _)).ShouldBe(1);
    }

    [Fact]
    public async Task Names_the_words_of_every_status()
    {
        var schemas = JsonElement.Parse(await _host.DocumentAsync("v1")).GetProperty("components").GetProperty("schemas");
        string?[] WordsOf(string schema, string property) =>
            [.. Property(schemas.GetProperty(schema), property).GetProperty("enum").EnumerateArray().Select(w => w.GetString())];

        WordsOf("OtpAnswer", "status").ShouldBe(["PENDING", "VERIFIED", "EXPIRED", "CANCELLED", "FAILED"]);
        WordsOf("OtpAnswer", "channel").ShouldBe(["sms", "email", "telegram", "call", "whatsapp", "ussd"]);
        WordsOf("OtpAnswer", "reason").ShouldBe(["not_verified", "never_sent", "max_attempts", "undeliverable", null]);
        WordsOf("DeliveryAnswer", "status")
            .ShouldBe(["QUEUED", "SENDING", "SENT", "DELIVERED", "READ", "UNDELIVERED", "FAILED", "UNKNOWN", "SUPPRESSED"]);
        WordsOf("OtpRequest", "pinType").ShouldBe(["letters", "numbers", "alphanumeric", null], ignoreOrder: true);
    }

    [Fact]
    public async Task Has_the_body_of_a_callback_under_webhooks()
    {
        var document = JsonElement.Parse(await _host.DocumentAsync("v1"));
        var callback = document.GetProperty("webhooks").GetProperty("otpUpdate").GetProperty("post");
        var body = document.GetProperty("components").GetProperty("schemas").GetProperty(Reference(callback.GetProperty("requestBody")));

        Property(body, "data").GetProperty("items").GetProperty("$ref").GetString().ShouldBe("#/components/schemas/OtpAnswer");
        callback.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString())
            .ShouldBe(["webhook-id", "webhook-timestamp", "webhook-signature"]);
        callback.GetProperty("security").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Shows_every_field_of_a_request()
    {
        var document = JsonElement.Parse(await _host.DocumentAsync("v1"));
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var request = document.GetProperty("paths").GetProperty("/otp").GetProperty("post");
        schemas.GetProperty(Reference(request.GetProperty("requestBody"))).GetProperty("properties").EnumerateObject().Count().ShouldBe(18);
        schemas.GetProperty("OtpAnswer").GetProperty("required").GetArrayLength().ShouldBeGreaterThanOrEqualTo(13);
    }

    [Theory]
    [InlineData("ttl", OptionRules.MinTtl, OptionRules.MaxTtl)]
    [InlineData("maxAttempts", OptionRules.MinAttempts, OptionRules.MaxAttempts)]
    [InlineData("pinLength", OptionRules.MinPinLength, OptionRules.MaxPinLength)]
    public async Task Shows_the_bounds_by_which_a_request_and_a_setting_are_checked(string field, int min, int max)
    {
        foreach (var (document, schema) in new[] { ("v1", "OtpRequest"), ("admin", "AdminSettings") })
        {
            var schemas = JsonElement.Parse(await _host.DocumentAsync(document)).GetProperty("components").GetProperty("schemas");
            var shown = Property(schemas.GetProperty(schema), field);

            (shown.GetProperty("minimum").GetInt32(), shown.GetProperty("maximum").GetInt32()).ShouldBe((min, max));
            shown.GetProperty("type").ToString().ShouldContain("integer");
        }
    }

    private static IEnumerable<int> CodesOf<T>(Type codes, Func<T, int> code) =>
        codes.GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => f.GetValue(null)).OfType<T>().Select(code).Distinct();

    private static JsonElement Property(JsonElement schema, string name) => schema.GetProperty("properties").GetProperty(name);

    private static IEnumerable<JsonElement> Operations(JsonElement document) =>
        document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject()).Select(o => o.Value);

    /// <summary>Every object in a document.</summary>
    private static IEnumerable<JsonElement> Below(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Below(p.Value)).Prepend(element),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Below),
        _ => [],
    };

    private static string Reference(JsonElement holder) =>
        holder.GetProperty("content").EnumerateObject().Single().Value.GetProperty("schema").GetProperty("$ref").GetString()!
            .Split('/')[^1];
}
