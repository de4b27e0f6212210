using System.Text.Json;
using System.Text.RegularExpressions;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Providers.Http;

/// <summary>The entries of docs/providers.md, read out of that page, against stand-ins of the gateways.</summary>
public sealed class The_samples
{
    private const string Number = "+33612246400";
    private const string Text = "Your \"code\" is 4711 & ünïque\nbye";

    [Fact]
    public async Task A_JSON_gateway()
    {
        await using var sample = await SampleAsync("gateway", "/v1/messages");

        sample.Gateway.Says(200, """{"status":"accepted","id":"m-77"}""");
        (await sample.SendAsync(Number)).ShouldBe(new SendOutcome.Accepted("m-77"));
        sample.Gateway.Says(400, """{"error":{"code":"invalid_number"}}""");
        (await sample.SendAsync(Number)).ShouldBe(new SendOutcome.Refused("invalid_recipient"));

        var got = sample.Gateway.All.First();
        got.Headers["Authorization"].ShouldBe("Bearer from-a-file");
        var body = JsonDocument.Parse(got.Body).RootElement;
        (body.GetProperty("to").GetString(), body.GetProperty("text").GetString()).ShouldBe((Number, Text));
    }

    [Theory]
    [InlineData("sms", "/sms", Number, Channel.Sms, "phone", "33612246400", "message")]
    [InlineData("email", "/email", "someone@mail.example", Channel.Email, "email", "someone@mail.example", "text")]
    public async Task The_Perfumerlabs_images(
        string entry, string path, string recipient, Channel channel, string field, string value, string textField)
    {
        await using var sample = await SampleAsync(entry, path);

        sample.Gateway.Says(200, """{"status":true}""");
        (await sample.SendAsync(recipient, channel)).ShouldBe(new SendOutcome.Accepted(null));
        sample.Gateway.Says(200, """{"status":false,"message":"no"}""");
        (await sample.SendAsync(recipient, channel)).ShouldBe(new SendOutcome.ProviderFailed("not_accepted"));

        var body = JsonDocument.Parse(sample.Gateway.All.First().Body).RootElement;
        (body.GetProperty(field).GetString(), body.GetProperty(textField).GetString()).ShouldBe((value, Text));
    }

    [Fact]
    public async Task The_notifier_that_answers_500_when_it_has_sent()
    {
        await using var sample = await SampleAsync("notify", "/msg");

        sample.Gateway.Says(500, "Sent message to chat");
        (await sample.SendAsync("-100123", Channel.Telegram)).ShouldBe(new SendOutcome.Accepted(null));
        sample.Gateway.Says(500, "chat not found");
        (await sample.SendAsync("-100123", Channel.Telegram)).ShouldBe(new SendOutcome.ProviderFailed("unavailable"));

        sample.Gateway.All.First().Headers["X-Auth-Token"].ShouldBe("from-a-file");
        JsonDocument.Parse(sample.Gateway.All.First().Body).RootElement.GetProperty("to").GetInt64().ShouldBe(-100123);
    }

    private static async Task<Sample> SampleAsync(string entry, string path)
    {
        var gateway = await HttpReceiver.StartAsync();
        var keys = await KeysAsync(entry);
        keys["Url"]!.ShouldEndWith(path);
        return new(gateway, new ProviderHost(keys.With(("Url", gateway.Url + path))));
    }

    /// <summary>The lines Providers__entry__Key=value, with every file a temporary one.</summary>
    private static async Task<Dictionary<string, string?>> KeysAsync(string entry)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "providers.md"));
        var lines = Regex.Matches(page, $"^    Providers__{entry}__([^=]+)=(.*)$", RegexOptions.Multiline, TimeSpan.FromSeconds(5));
        var keys = lines.ToDictionary(l => l.Groups[1].Value.Replace("__", ":"), l => (string?)l.Groups[2].Value);
        foreach (var key in keys.Keys.Where(k => k.Contains("File")).ToList())
        {
            keys[key] = Path.Combine(Path.GetTempPath(), $"otp-secret-{Environment.ProcessId}");
            await File.WriteAllTextAsync(keys[key]!, "from-a-file\n");
        }

        keys.Count.ShouldBeGreaterThan(3);
        return keys;
    }

    private sealed record Sample(HttpReceiver Gateway, ProviderHost Host) : IAsyncDisposable
    {
        public Task<SendOutcome> SendAsync(string recipient, Channel channel = Channel.Sms) =>
            Host.SendAsync(Messages.To(recipient, channel, Text));

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await Gateway.DisposeAsync();
        }
    }
}
