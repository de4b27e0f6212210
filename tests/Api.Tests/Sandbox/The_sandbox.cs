using System.Net;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;

namespace OtpPipeline.Api.Tests.Sandbox;

public sealed class The_sandbox
{
    private readonly ApiHost _host;
    private readonly ApiClient _client;

    public The_sandbox(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client(host.Shop);
    }

    [Theory]
    [InlineData("%2B33612246499")]
    [InlineData("+33612246499")]
    [InlineData("33612246499")]
    [InlineData("%2B33%206%2012%2024%2064%2099")]
    public async Task Shows_the_messages_of_a_phone_number_newest_first(string recipient)
    {
        var number = ((PhoneParseResult.Ok)PhoneNumber.Parse("+33612246499", null)).Number;
        var tenant = Guid.CreateVersion7().ToString();
        var now = DateTime.UtcNow;

        // Ids are made by the clocks of processes, and say nothing of the time.
        await AddAsync(_host.Shop, Recipient.From(number), $"newer {tenant}", now.AddMinutes(-1));
        await AddAsync(_host.Shop, Recipient.From(number), $"older {tenant}", now.AddMinutes(-2));
        await AddAsync(_host.Shop, Recipient.From(number), $"too old {tenant}", now.AddMinutes(-16));
        await AddAsync(_host.OtherShop, Recipient.From(number), $"foreign {tenant}", now);

        var answer = await _client.GetAsync($"/sandbox/messages?recipient={recipient}");

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        var mine = answer.Json.EnumerateArray().Where(m => m.GetProperty("text").GetString()!.EndsWith(tenant, StringComparison.Ordinal))
            .ToList();
        mine.Select(m => m.GetProperty("text").GetString()).ShouldBe([$"newer {tenant}", $"older {tenant}"]);
        mine[0].EnumerateObject().Select(p => p.Name).ShouldBe(["channel", "recipient", "text", "pin", "sentAt"]);
        mine[0].GetProperty("pin").GetString().ShouldBe("123456");
    }

    [Fact]
    public async Task Tells_nobody_who_posts_a_callback_whether_an_OTP_exists()
    {
        var known = await _client.WithRequestedOtpAsync();
        var stranger = _host.Client(tenant: null);
        var answers = new List<Answer>();
        foreach (var id in new[] { known, Guid.CreateVersion7() })
        {
            answers.Add(
                await stranger.SendAsync(
                    HttpMethod.Post, "/sandbox/callbacks", new StringContent($$"""{"data":[{"otpId":"{{id}}"}]}"""), "application/json"));
        }

        answers.ShouldAllBe(a => a.Status == HttpStatusCode.NoContent && a.Text.Length == 0);
        answers[0].Headers.Keys.ShouldBe(answers[1].Headers.Keys, ignoreOrder: true);
        (await _client.GetAsync($"/sandbox/callbacks?otpId={known}")).Json.GetArrayLength().ShouldBe(1);
        (await stranger.SendAsync(HttpMethod.Post, "/sandbox/callbacks", new StringContent("{}"), "application/json")).Status
            .ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Shows_callbacks_newest_first_by_the_clock_of_the_database()
    {
        var otp = await _client.WithRequestedOtpAsync();
        foreach (var path in new[] { "older", "newer" })
        {
            var body = new StringContent($$"""{"data":[{"otpId":"{{otp}}"}]}""");
            await _client.SendAsync(HttpMethod.Post, $"/sandbox/callbacks/{path}", body, "application/json");
        }

        // Ids are made by the clocks of processes.
        await _host.QueryAsync(db => db.Database.ExecuteSqlAsync(
            $"""
            UPDATE sandbox_callbacks SET received_at = now() - interval '1 minute'
            WHERE id = (SELECT id FROM sandbox_callbacks WHERE otp_id = {otp} ORDER BY id DESC LIMIT 1)
            """));

        var shown = (await _client.GetAsync($"/sandbox/callbacks?otpId={otp}")).Json;
        shown.EnumerateArray().Select(c => c.GetProperty("path").GetString())
            .ShouldBe(["/sandbox/callbacks/older", "/sandbox/callbacks/newer"]);
    }

    [Fact]
    public async Task Shows_the_messages_of_an_email_address_and_of_a_chat()
    {
        EmailAddress.TryParse("maria@example.org", out var email).ShouldBeTrue();
        TelegramChat.TryParse("987654321", out var chat).ShouldBeTrue();
        await AddAsync(_host.Shop, Recipient.From(email!), "mail", DateTime.UtcNow);
        await AddAsync(_host.Shop, Recipient.From(chat!), "chat", DateTime.UtcNow);

        (await _client.GetAsync("/sandbox/messages?recipient=maria%40EXAMPLE.org")).Json.EnumerateArray().ShouldHaveSingleItem()
            .GetProperty("text").GetString().ShouldBe("mail");
        (await _client.GetAsync("/sandbox/messages?recipient=987654321")).Json.EnumerateArray().ShouldHaveSingleItem().GetProperty("text")
            .GetString().ShouldBe("chat");
    }

    [Theory]
    [InlineData("/sandbox/messages", "The query parameter 'recipient' is empty or not set")]
    [InlineData("/sandbox/messages?recipient=", "The query parameter 'recipient' is empty or not set")]
    [InlineData("/sandbox/messages?recipient=%20", "The query parameter 'recipient' is empty or not set")]
    [InlineData("/sandbox/messages?recipient=no%20body", "The query parameter 'recipient' is no phone number, e-mail address or chat id")]
    public async Task Needs_a_recipient(string path, string message) =>
        (await _client.GetAsync(path)).ShouldBeRefused(400, "invalid_request", 2101, message);

    [Fact]
    public async Task Is_not_there_unless_enabled()
    {
        await using var server = new KestrelHost(
            _host, new Dictionary<string, string>(StringComparer.Ordinal) { ["Sandbox:Enabled"] = "false" });
        using var http = new HttpClient { BaseAddress = server.Address };

        (await new ApiClient(http, _host.Shop.Key).GetAsync("/sandbox/messages?recipient=%2B33612246400")).Status
            .ShouldBe(HttpStatusCode.NotFound);
        var unserved = await new ApiClient(http, _host.Shop.Key).RequestAsync(new { phoneNumber = Recipients.Next() });
        unserved.Json.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(2102);
    }

    private Task AddAsync(Tenant tenant, Recipient recipient, string text, DateTime sentAt) =>
        _host.AddSandboxMessageAsync(tenant, recipient, new SandboxContent("sms", recipient.Address, text, "123456"), sentAt);
}
