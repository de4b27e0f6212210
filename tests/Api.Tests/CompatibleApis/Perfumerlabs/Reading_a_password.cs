using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Perfumerlabs;

[Collection(PerfumerlabsCollection.Name)]
public sealed class Reading_a_password
{
    private readonly PerfumerlabsHost _host;
    private readonly PerfumerlabsClient _client;

    public Reading_a_password(PerfumerlabsHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client;
    }

    [Fact]
    public async Task Shows_the_last_live_one_of_a_phone_on_whatever_channel()
    {
        var phone = Someone.Phone();
        (await PasswordAsync(phone)).ShouldBeWrong();
        await _client.SmsAsync(phone, "11111");
        await _client.PostAsync("/call", $$"""{"phone":"{{phone}}","password":"22222","lifetime":300}""");

        (await PasswordAsync(phone)).ShouldBe(200, """{"status":true,"content":{"password":"22222"}}""");
        (await _client.GetAsync("/call/check", $$"""{"phone":"{{phone}}","password":"22222"}""")).ShouldBeDone();
        (await PasswordAsync(phone)).ShouldBe(200, """{"status":true,"content":{"password":"11111"}}""");
        await _host.Host.LetExpireAsync((await _host.LastAsync(phone)).Id);
        await _client.CheckAsync(phone, "11111");
        (await PasswordAsync(phone)).ShouldBeWrong();
    }

    [Fact]
    public async Task Shows_it_of_an_email_address_and_of_a_chat()
    {
        var (email, chat) = (Someone.Email(), Someone.Chat());
        await _client.PostAsync("/email", $$"""{"email":"{{email}}","password":"a+b'<c>","lifetime":300,"subject":"s","text":"x"}""");
        await _client.PostAsync("/telegram", $$"""{"chat_id":"{{chat}}","password":"33333","lifetime":300,"message":"x"}""");

        (await PasswordAsync(email)).ShouldBe(200, """{"status":true,"content":{"password":"a+b'<c>"}}""");
        (await _client.GetAsync($"/password?target={chat}")).ShouldBe(200, """{"status":true,"content":{"password":"33333"}}""");
    }

    [Fact]
    public async Task Needs_a_target_that_is_one()
    {
        (await _client.GetAsync("/password", "{}")).ShouldBeRefused(400, "\"target\" parameter must be set");
        foreach (var target in new[] { "\"somebody\"", "[1]", "true" })
        {
            (await _client.GetAsync("/password", $$"""{"target":{{target}}}"""))
                .ShouldBeRefused(400, "\"target\" must be a phone number, an e-mail address or a Telegram chat id");
        }
    }

    [Fact]
    public async Task Is_not_there_unless_it_is_allowed()
    {
        var settings = _host.Settings;
        settings["Perfumerlabs:AllowPasswordReadback"] = "false";
        await using var other = new Started(_host.Start(settings));

        (await other.Client.GetAsync("/password", """{"target":"33612200001"}""")).ShouldBeRefused(404, "Not found");
    }

    private Task<Answer> PasswordAsync(string target) => _client.GetAsync("/password", $$"""{"target":"{{target}}"}""");
}
