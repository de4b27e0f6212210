using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Tests.CompatibleApis.Perfumerlabs;

[Collection(PerfumerlabsCollection.Name)]
public sealed class Sending_a_password
{
    private readonly PerfumerlabsHost _host;
    private readonly PerfumerlabsClient _client;

    public Sending_a_password(PerfumerlabsHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client;
    }

    private OtpSecrets Secrets => _host.Factory.Services.GetRequiredService<OtpSecrets>();

    [Fact]
    public async Task By_sms_keeps_the_callers_password_text_and_lifetime_sealed()
    {
        var phone = Someone.Phone();

        (await _client.PostAsync("/sms", $$"""{"phone":"{{phone}}","password":"12345","lifetime":300,"message":"Your OTP is 12345"}""")).ShouldBeDone();

        var otp = await _host.LastAsync(phone);
        otp.ApplicationId.ShouldBe(_host.Shop.Id);
        otp.Channel.ShouldBe(Channel.Sms);
        otp.Ttl.ShouldBe(300);
        (otp.ExpiresAt - otp.CreatedAt).ShouldBe(TimeSpan.FromSeconds(300));
        var pin = (await _host.PinAsync(otp.Id))!;
        Secrets.DecryptPin(pin).Reveal().ShouldBe("12345");
        Secrets.DecryptMessage(pin).ShouldBe(new CallerMessage("Your OTP is 12345"));
        Secrets.DecryptDetails(otp.Id, otp.Details).Recipient.ShouldBe($"+{phone}");
    }

    [Fact]
    public async Task By_call_without_a_message_speaks_its_characters_one_by_one()
    {
        var (silent, own) = (Someone.Phone(), Someone.Phone());

        (await _client.PostAsync("/call", $$"""{"phone":"{{silent}}","password":"1207","lifetime":300}""")).ShouldBeDone();
        (await _client.PostAsync("/call", $$"""{"phone":"{{own}}","password":"1207","lifetime":300,"message":"one two zero seven"}""")).ShouldBeDone();

        (await MessageAsync(silent, Channel.Call)).Text.ShouldBe("1, 2, 0, 7");
        (await MessageAsync(own, Channel.Call)).Text.ShouldBe("one two zero seven");
    }

    [Fact]
    public async Task By_telegram_takes_the_chat_as_text_or_number()
    {
        foreach (var chat in new[] { $"\"{Someone.Chat()}\"", $"{Someone.Chat()}" })
        {
            (await _client.PostAsync("/telegram", $$"""{"chat_id":{{chat}},"password":"12345","lifetime":300,"message":"Your OTP is 12345"}""")).ShouldBeDone();

            TelegramChat.TryParse(chat.Trim('"'), out var address).ShouldBeTrue();
            (await _host.LastAsync(Recipient.From(address!))).Channel.ShouldBe(Channel.Telegram);
        }
    }

    [Theory]
    [InlineData("""{"text":"Your OTP is 12345"}""", "Your OTP is 12345", null)]
    [InlineData("""{"text":"Your OTP is 12345","html":"<b>12345</b>"}""", "Your OTP is 12345", "<b>12345</b>")]
    [InlineData("""{"html":"<html><head><title>x</title><style>p{color:red}</style></head><body><p>Your&nbsp;OTP is <b>12345</b></p><!-- <p>no</p> --><p>a &lt; b</p></body></html>"}""", "Your OTP is 12345\na < b", "<html><head><title>x</title><style>p{color:red}</style></head><body><p>Your&nbsp;OTP is <b>12345</b></p><!-- <p>no</p> --><p>a &lt; b</p></body></html>")]
    [InlineData("""{"html":"<img src=x>"}""", "Hello", "<img src=x>")]
    public async Task By_email_always_has_a_text_part(string fields, string text, string? html)
    {
        var email = Someone.Email();

        (await _client.PostAsync("/email", $$"""{"email":"{{email}}","password":"12345","lifetime":300,"subject":"Hello",{{fields[1..]}}""")).ShouldBeDone();

        EmailAddress.TryParse(email, out var address).ShouldBeTrue();
        var otp = await _host.LastAsync(Recipient.From(address!));
        Secrets.DecryptMessage((await _host.PinAsync(otp.Id))!).ShouldBe(new CallerMessage(text, "Hello", html));
    }

    [Theory]
    [InlineData("/sms", "{}", "phone")]
    [InlineData("/sms", null, "phone")]
    [InlineData("/sms", """{"phone":null,"password":"12345","message":"x","lifetime":300}""", "phone")]
    [InlineData("/sms", """{"phone":"  ","password":"12345","message":"x","lifetime":300}""", "phone")]
    [InlineData("/sms", """{"phone":"0","password":"","message":"","lifetime":0}""", "phone")]
    [InlineData("/sms", """{"phone":"33612200001"}""", "password")]
    [InlineData("/sms", """{"phone":"33612200001","password":" 0 ","message":"x","lifetime":300}""", "password")]
    [InlineData("/sms", """{"phone":"33612200001","password":0,"message":"x","lifetime":300}""", "password")]
    [InlineData("/sms", """{"phone":"33612200001","password":"12345","lifetime":300}""", "message")]
    [InlineData("/sms", """{"phone":"33612200001","password":"12345","message":"x"}""", "lifetime")]
    [InlineData("/sms", """{"phone":"33612200001","password":"12345","message":"x","lifetime":0}""", "lifetime")]
    [InlineData("/sms", """{"phone":"33612200001","password":"12345","message":"x","lifetime":"0"}""", "lifetime")]
    [InlineData("/sms", """{"phone":"no number","password":"1","message":"x"}""", "lifetime")]
    [InlineData("/call", "{}", "phone")]
    [InlineData("/call", """{"phone":"33612200001","lifetime":300}""", "password")]
    [InlineData("/call", """{"phone":"33612200001","password":"12345"}""", "lifetime")]
    [InlineData("/email", "{}", "email")]
    [InlineData("/email", """{"email":"a@b.example"}""", "password")]
    [InlineData("/email", """{"email":"a@b.example","password":"12345","text":"x","lifetime":300}""", "subject")]
    [InlineData("/email", """{"email":"a@b.example","password":"12345","text":"x","subject":"s"}""", "lifetime")]
    [InlineData("/email", """{"email":"a@b.example","password":"12345","subject":"s","lifetime":300}""", "text")]
    [InlineData("/telegram", "{}", "chat_id")]
    [InlineData("/telegram", """{"chat_id":0,"password":"12345","message":"x","lifetime":300}""", "chat_id")]
    [InlineData("/telegram", """{"chat_id":"4400000001","message":"x","lifetime":300}""", "password")]
    [InlineData("/telegram", """{"chat_id":"4400000001","password":"12345","lifetime":300}""", "message")]
    [InlineData("/telegram", """{"chat_id":"4400000001","password":"12345","message":"x"}""", "lifetime")]
    public async Task With_a_missing_field_names_the_first(string path, string? body, string field)
    {
        var before = await _host.CountAsync();

        (await _client.PostAsync(path, body)).ShouldBeRefused(400, $"\"{field}\" parameter must be set");

        (await _host.CountAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("/sms", "phone", "\"7701\"", "\"phone\" must be a valid phone number in international digits, such as 77011234567")]
    [InlineData("/sms", "phone", "7.7011234567e10", "\"phone\" must be a valid phone number in international digits, such as 77011234567")]
    [InlineData("/sms", "phone", "\"77011234567 ext. 5\"", "\"phone\" must have no extension")]
    [InlineData("/sms", "phone", "\"33891123456\"", "Premium-rate and shared-cost numbers are not served on 'sms' and 'call' for this application: send another 'phoneNumber'")]
    [InlineData("/call", "phone", "\"33891123456\"", "Premium-rate and shared-cost numbers are not served on 'sms' and 'call' for this application: send another 'phoneNumber'")]
    [InlineData("/sms", "phone", "\"call me\"", "\"phone\" must be a valid phone number in international digits, such as 77011234567")]
    [InlineData("/sms", "phone", "{\"a\":1}", "\"phone\" must be a valid phone number in international digits, such as 77011234567")]
    [InlineData("/sms", "password", "\"123\"", "\"password\" must have 4 to 64 printable characters")]
    [InlineData("/sms", "password", "\"12\\u00003\"", "\"password\" must have 4 to 64 printable characters")]
    [InlineData("/sms", "password", "\"12\\u200b34\"", "\"password\" must have 4 to 64 printable characters")]
    [InlineData("/sms", "password", "[12345]", "\"password\" must have 4 to 64 printable characters")]
    [InlineData("/sms", "message", "[\"x\"]", "\"message\" must be a text of at most 4096 characters, without control characters")]
    [InlineData("/sms", "message", "\"a\\u0000b\"", "\"message\" must be a text of at most 4096 characters, without control characters")]
    [InlineData("/sms", "lifetime", "86401", "\"lifetime\" must be a whole number of seconds from 1 to 86400")]
    [InlineData("/sms", "lifetime", "-1", "\"lifetime\" must be a whole number of seconds from 1 to 86400")]
    [InlineData("/sms", "lifetime", "1.5", "\"lifetime\" must be a whole number of seconds from 1 to 86400")]
    [InlineData("/sms", "lifetime", "\"soon\"", "\"lifetime\" must be a whole number of seconds from 1 to 86400")]
    [InlineData("/sms", "lifetime", "\"NaN\"", "\"lifetime\" must be a whole number of seconds from 1 to 86400")]
    [InlineData("/sms", "lifetime", "true", "\"lifetime\" must be a whole number of seconds from 1 to 86400")]
    [InlineData("/sms", "ip", "\"somewhere\"", "\"ip\" must be an IP address")]
    [InlineData("/sms", "ip", "{\"a\":1}", "\"ip\" must be an IP address")]
    [InlineData("/email", "email", "\"nobody\"", "\"email\" must be a valid e-mail address")]
    [InlineData("/email", "subject", "\"a\\r\\nBcc: b@c.example\"", "\"subject\" must be one line of at most 998 printable characters")]
    [InlineData("/email", "text", "{\"a\":1}", "\"text\" must be a text without control characters")]
    [InlineData("/email", "html", "[1]", "\"html\" must be a text without control characters")]
    [InlineData("/telegram", "chat_id", "\"@name\"", "\"chat_id\" must be a valid Telegram chat id")]
    public async Task With_a_wrong_field_names_it_and_changes_nothing(string path, string field, string value, string sentence)
    {
        var before = await _host.CountAsync();
        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["phone"] = $"\"{Someone.Phone()}\"", ["email"] = $"\"{Someone.Email()}\"", ["chat_id"] = $"{Someone.Chat()}", ["password"] = "\"12345\"",
            ["message"] = "\"x\"", ["subject"] = "\"s\"", ["text"] = "\"x\"", ["lifetime"] = "300", [field] = value,
        };

        (await _client.PostAsync(path, $"{{{string.Join(',', fields.Select(f => $"\"{f.Key}\":{f.Value}"))}}}")).ShouldBeRefused(400, sentence);

        (await _host.CountAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Takes_the_shortest_and_the_longest_of_everything()
    {
        foreach (var (password, lifetime) in new[] { ("abcd", 1), (new string('ö', 64), 86400), ("a b😀c", 300) })
        {
            var phone = Someone.Phone();
            (await _client.SmsAsync(phone, password, lifetime)).ShouldBeDone();
            (await _host.LastAsync(phone)).Ttl.ShouldBe(lifetime);
        }

        (await _client.SmsAsync(Someone.Phone(), new string('ö', 65))).ShouldBeRefused(400, "\"password\" must have 4 to 64 printable characters");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("nonsense")]
    public async Task Is_JSON_whatever_the_media_type_says(string? mediaType)
    {
        var phone = Someone.Phone();

        (await _client.PostAsync("/sms", $$"""{"phone":"{{phone}}","password":"12345","lifetime":"300","message":"Your OTP is 12345"}""", mediaType)).ShouldBeDone();

        (await _host.LastAsync(phone)).Ttl.ShouldBe(300);
    }

    [Fact]
    public async Task Takes_the_fields_from_the_query_too_and_the_bodys_first()
    {
        var (queried, both) = (Someone.Phone(), Someone.Phone());

        (await _client.PostAsync($"/sms?phone={queried}&password=12345&lifetime=60&message=Your+OTP", body: null)).ShouldBeDone();
        (await _client.PostAsync($"/sms?phone={Someone.Phone()}&password=99999&lifetime=60&message=x", $$"""{"phone":"{{both}}","password":" 12345 "}""")).ShouldBeDone();
        (await _client.PostAsync($"/sms?phone={Someone.Phone()}&password=1234&lifetime=60&message=x", """{"phone":""}""")).ShouldBeRefused(400, "\"phone\" parameter must be set");
        (await _client.PostAsync("/sms?phone=1&phone=2&password=1234&lifetime=60&message=x", "{}")).ShouldBeRefused(400, "\"phone\" must be a valid phone number in international digits, such as 77011234567");

        (await _host.LastAsync(queried)).Ttl.ShouldBe(60);
        (await MessageAsync(queried, Channel.Sms)).Text.ShouldBe("Your OTP");
        Secrets.DecryptPin((await _host.PinAsync((await _host.LastAsync(both)).Id))!).Reveal().ShouldBe("12345");
    }

    [Fact]
    public async Task Takes_numbers_for_texts_and_a_plus_sign()
    {
        var phone = Someone.Phone();

        (await _client.PostAsync("/sms", $$"""{"phone":{{phone}},"password":12345,"lifetime":3e2,"message":12345}""")).ShouldBeDone();
        (await _client.PostAsync("/sms", $$"""{"phone":"+{{phone}}","password":"54321","lifetime":300,"message":"x"}""")).ShouldBeDone();

        (await _client.CheckAsync(phone, "12345")).ShouldBeDone();
        (await _client.CheckAsync(phone, "54321")).ShouldBeDone();
    }

    [Fact]
    public async Task Wipes_password_and_text_when_it_is_over()
    {
        var phone = Someone.Phone();
        await _client.SmsAsync(phone, "12345");
        var otp = await _host.LastAsync(phone);
        (await _host.PinAsync(otp.Id))!.Message.ShouldNotBeNull();

        (await _client.CheckAsync(phone, "12345")).ShouldBeDone();

        (await _host.PinAsync(otp.Id)).ShouldBeNull();
    }

    [Fact]
    public async Task On_a_channel_that_is_not_served_or_to_a_country_that_is_not_is_refused()
    {
        var tenant = Tenant.New();
        await _host.AddAsync(tenant, new() { Limits = new() { AllowedCountries = ["KZ"] } });
        var settings = PerfumerlabsHost.SettingsOf(tenant);
        settings["Sandbox:Enabled"] = "false";
        settings["Deliveries:Channels:sms:Provider"] = "gateway";
        await using var other = new Started(_host.Start(settings));

        (await other.Client.PostAsync("/call", $$"""{"phone":"77011234567","password":"12345","lifetime":300}""")).ShouldBeRefused(500, "The channel call is not configured on this server");
        (await other.Client.SmsAsync(Someone.Phone(), "12345")).ShouldBeRefused(400, "The country of the phone number is not served for this application");
        (await other.Client.SmsAsync("77011234567", "12345")).ShouldBeDone();
    }

    private async Task<CallerMessage> MessageAsync(string phone, Channel channel)
    {
        var otp = await _host.LastAsync(phone);
        otp.Channel.ShouldBe(channel);
        return Secrets.DecryptMessage((await _host.PinAsync(otp.Id))!)!;
    }
}
