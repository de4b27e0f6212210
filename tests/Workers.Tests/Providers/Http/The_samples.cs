using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
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

    [Fact]
    public async Task Kannel()
    {
        await using var sample = await SampleAsync("kannel", "/cgi-bin/sendsms");

        sample.Gateway.Says(202, "0: Accepted for delivery");
        (await sample.SendAsync(Number)).ShouldBe(new SendOutcome.Accepted(null));
        sample.Gateway.Says(202, "3: Queued for later delivery");
        (await sample.SendAsync(Number)).ShouldBe(new SendOutcome.Accepted(null));
        sample.Gateway.Says(503, "Temporal failure, try again later.");
        (await sample.SendAsync(Number)).ShouldBe(new SendOutcome.ProviderFailed("unavailable"));
        sample.Gateway.Says(403, "Authorization failed for sendsms");
        (await sample.SendAsync(Number)).ShouldBe(new SendOutcome.ProviderFailed("authentication_failed"));

        var query = QueryHelpers.ParseQuery(sample.Gateway.All.First().Target.Split('?')[1]);
        (query["to"].ToString(), query["text"].ToString(), query["password"].ToString(), query["charset"].ToString()).ShouldBe((Number, Text, "from-a-file", "UTF-8"));
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

    [Fact]
    public async Task WhatsApp_authentication_messages()
    {
        await using var sample = await SampleAsync("whatsapp", "/v23.0/106540352242922/messages");

        sample.Gateway.Says(
            200,
            """{"messaging_product":"whatsapp","contacts":[{"input":"33612246400","wa_id":"33612246400"}],"messages":[{"id":"wamid.77"}]}""");
        (await sample.SendAsync(Number, Channel.Whatsapp)).ShouldBe(new SendOutcome.Accepted("wamid.77"));
        sample.Gateway.Says(400, """{"error":{"message":"Message undeliverable","code":131026}}""");
        (await sample.SendAsync(Number, Channel.Whatsapp)).ShouldBe(new SendOutcome.Refused("invalid_recipient"));

        // The code is there twice, for the text and for the button, and nothing of our own text is.
        var body = JsonDocument.Parse(sample.Gateway.All.First().Body).RootElement;
        body.GetProperty("to").GetString().ShouldBe("33612246400");
        var components = body.GetProperty("template").GetProperty("components").EnumerateArray().ToList();
        components.Select(c => c.GetProperty("type").GetString()).ShouldBe(["body", "button"]);
        components.Select(c => c.GetProperty("parameters")[0].GetProperty("text").GetString()).ShouldBe(["4711", "4711"]);
    }

    [Fact]
    public async Task A_real_Kannel_with_a_fake_message_centre_takes_it()
    {
        var url = Environment.GetEnvironmentVariable("OTP_TEST_KANNEL");
        Assert.SkipWhen(
            string.IsNullOrEmpty(url),
            "needs OTP_TEST_KANNEL, the sendsms address of a Kannel with the user otp and the password from-a-file");
        await using var host = new ProviderHost((await KeysAsync("kannel")).With(("Url", url)));

        (await host.SendAsync(Messages.To(Number, text: Text))).ShouldBe(new SendOutcome.Accepted(null));
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
