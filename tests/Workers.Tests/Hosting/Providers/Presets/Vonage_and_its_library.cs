using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;
using OtpPipeline.Hosting.Providers.Signatures;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>Vonage's own library for Node beside the preset.</summary>
public sealed class Vonage_and_its_library
{
    private const string Secret = "signature-secret-of-a-sample";
    private const string Answer = """{"message-count":"1","messages":[{"to":"33612246400","message-id":"0C","status":"0"}]}""";
    private static readonly string Callback = $"{PresetSample.PublicUrl}/r/{PresetSample.Token}";

    [Theory]
    [InlineData("Your code is 4711 & more", null)]
    [InlineData("Ваш код 4711 😀", "unicode")]
    public async Task Sends_the_same_message_as_the_preset(string text, string? type)
    {
        ProviderLibraries.Require();
        await using var server = await HttpReceiver.StartAsync();
        server.Says(200, Answer, ("Content-Type", "application/json"));
        var keys = new Dictionary<string, string?>
        {
            ["Type"] = "vonage-sms", ["ApiKey"] = "abcd1234", ["ApiSecret"] = "secret-of-a-sample", ["From"] = "Shop",
            ["BaseUrl"] = server.Url, ["Api:PublicUrl"] = PresetSample.PublicUrl,
        };
        await using var host = new ProviderHost(keys, time: new FakeTimeProvider(PresetSample.Now));

        await host.SendAsync(PresetSample.Message(null) with { Text = text });
        await ProviderLibraries.RunAsync("vonage-send", new
        {
            url = server.Url, key = "abcd1234", secret = "secret-of-a-sample",
            fields = new Dictionary<string, object?>
            {
                ["to"] = "33612246400", ["from"] = "Shop", ["text"] = text, ["ttl"] = 300_000, ["statusReportReq"] = 1,
                ["callback"] = Callback, ["clientRef"] = PresetSample.DeliveryId.ToString(), ["type"] = type,
            }.Where(f => f.Value is not null).ToDictionary(),
        });

        var (ours, theirs) = (server.All.First(), server.All.Last());
        (ours.Method, ours.Target, ours.Headers["Authorization"]).ShouldBe((theirs.Method, theirs.Target, theirs.Headers["Authorization"]));
        PresetSample.Pairs(ours.Body).ShouldBe(Fields(theirs));
    }

    [Theory]
    [InlineData("md5hash")]
    [InlineData("md5")]
    [InlineData("sha1")]
    [InlineData("sha256")]
    [InlineData("sha512")]
    public async Task Believes_the_signatures_that_we_believe(string algorithm)
    {
        ProviderLibraries.Require();
        var signed = PresetSample.Of("vonage-sms").All("receipts")
            .Where(r => r["form"]?["sig"] is not null && (r["settings"]?["SignatureMethod"]?.GetValue<string>() ?? "md5hash") == algorithm)
            .Select(r => r["form"]!.AsObject()).ToList();
        var changed = signed.Select(f =>
        {
            var other = f.DeepClone().AsObject();
            other["price"] = "9.99";
            return other;
        });
        JsonObject[] cases = [.. signed, .. changed];
        var scheme = new VonageSignature(Secret, algorithm);

        // Vonage's library does not look at the time.
        var ours = cases.Select(f => Believed(scheme, f));
        var theirs = await ProviderLibraries.RunAsync("vonage-check", cases.Select(f => new { fields = f, secret = Secret, algorithm }));

        ours.ShouldBe(theirs.AsArray().Select(b => b!.GetValue<bool>()));
        ours.ShouldContain(true);
        ours.ShouldContain(false);
    }

    private static bool Believed(VonageSignature scheme, JsonObject fields)
    {
        var body = string.Join(
            '&', fields.Select(f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value!.GetValue<string>())}"));
        var request = new ReceiptRequest("POST", new(Callback), [], Encoding.UTF8.GetBytes(body));
        var sent = DateTimeOffset.FromUnixTimeSeconds(long.Parse(fields["timestamp"]!.GetValue<string>(), null)).UtcDateTime;
        return scheme.IsAuthentic(request, ReceiptFields.Read(request), sent);
    }

    /// <summary>The library sends the fields as JSON; the documentation shows a form.</summary>
    private static List<string> Fields(ReceivedRequest request) =>
        [.. JsonNode.Parse(request.Body)!.AsObject().Select(f => $"{f.Key}={f.Value}").Order(StringComparer.Ordinal)];
}
