using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Tests.CompatibleApis.Perfumerlabs;

[Collection(PerfumerlabsCollection.Name)]
public sealed class Checking_a_password
{
    private readonly PerfumerlabsHost _host;
    private readonly PerfumerlabsClient _client;

    public Checking_a_password(PerfumerlabsHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client;
    }

    [Theory]
    [InlineData("sms", "phone")]
    [InlineData("call", "phone")]
    [InlineData("email", "email")]
    [InlineData("telegram", "chat_id")]
    public async Task Is_true_once_on_the_channel_that_it_was_sent_by(string channel, string field)
    {
        var target = field switch { "phone" => Someone.Phone(), "email" => Someone.Email(), _ => $"{Someone.Chat()}" };
        (await _client.PostAsync($"/{channel}", $$"""{"{{field}}":"{{target}}","password":"aB345","lifetime":300,"message":"x","subject":"s","text":"x"}""")).ShouldBeDone();

        foreach (var other in new[] { "sms", "call" }.Where(c => c != channel && field == "phone"))
        {
            (await _client.GetAsync($"/{other}/check", $$"""{"{{field}}":"{{target}}","password":"aB345"}""")).ShouldBeWrong();
        }

        (await _client.GetAsync($"/{channel}/check", $$"""{"{{field}}":"{{target}}","password":"Ab345"}""")).ShouldBeWrong();
        (await _client.GetAsync($"/{channel}/check", $$"""{"{{field}}":"{{target}}","password":"aB345"}""")).ShouldBeDone();
        (await _client.GetAsync($"/{channel}/check", $$"""{"{{field}}":"{{target}}","password":"aB345"}""")).ShouldBeWrong();
    }

    [Fact]
    public async Task Takes_the_fields_from_the_query_and_a_number_without_its_zeros()
    {
        var (first, second, third) = (Someone.Phone(), Someone.Phone(), Someone.Phone());
        await _client.SmsAsync(first, "00123");
        await _client.SmsAsync(second, "12345");
        await _client.SmsAsync(third, "12345");

        (await _client.GetAsync("/sms/check", $$"""{"phone":{{first}},"password":123}""", contentType: null)).ShouldBeDone();
        (await _client.GetAsync($"/sms/check?phone={second}&password=12345")).ShouldBeDone();
        (await _client.GetAsync($"/sms/check?phone={third}&password=99999", """{"password":"12345"}""")).ShouldBeDone();
    }

    [Theory]
    [InlineData("/sms/check", "{}", "\"phone\" parameter must be set")]
    [InlineData("/sms/check", """{"phone":"33612200001"}""", "\"password\" parameter must be set")]
    [InlineData("/sms/check", """{"phone":"33612200001","password":"0"}""", "\"password\" parameter must be set")]
    [InlineData("/sms/check", """{"phone":"33612200001","password":["12345"]}""", "\"password\" must be a text")]
    [InlineData("/call/check", """{"password":"12345"}""", "\"phone\" parameter must be set")]
    [InlineData("/email/check", """{"password":"12345"}""", "\"email\" parameter must be set")]
    [InlineData("/email/check", """{"email":"nobody","password":"12345"}""", "\"email\" must be a valid e-mail address")]
    [InlineData("/telegram/check", """{"password":"12345"}""", "\"chat_id\" parameter must be set")]
    public async Task Without_a_field_is_refused(string path, string body, string sentence) =>
        (await _client.GetAsync(path, body)).ShouldBeRefused(400, sentence);

    [Fact]
    public async Task Is_false_for_whatever_is_over_and_for_whoever_has_none()
    {
        var (expired, exhausted, cancelled) = (Someone.Phone(), Someone.Phone(), Someone.Phone());
        foreach (var phone in new[] { expired, exhausted, cancelled })
        {
            await _client.SmsAsync(phone, "12345");
        }

        await _host.Host.LetExpireAsync((await _host.LastAsync(expired)).Id);
        for (var i = 0; i < 5; i++)
        {
            (await _client.CheckAsync(exhausted, $"0000{i}")).ShouldBeWrong();
        }

        await _host.Host.RefreshAsync();
        var native = new ApiClient(_host.Factory.CreateClient(), _host.Shop.Key);
        (await native.CancelAsync((await _host.LastAsync(cancelled)).Id)).Text.ShouldContain("info");

        (await _client.CheckAsync(expired, "12345")).ShouldBeWrong();
        (await _client.CheckAsync(exhausted, "12345")).ShouldBeWrong();
        (await _client.CheckAsync(cancelled, "12345")).ShouldBeWrong();
        (await _client.CheckAsync(Someone.Phone(), "12345")).ShouldBeWrong();
        (await _host.LastAsync(exhausted)).Status.ShouldBe(OtpStatus.Failed);
    }

    [Fact]
    public async Task Matches_any_live_code_and_a_miss_counts_on_each()
    {
        var phone = Someone.Phone();
        await _client.SmsAsync(phone, "11111");
        var older = await _host.LastAsync(phone);
        await _client.SmsAsync(phone, "22222");
        var newer = await _host.LastAsync(phone);

        (await _client.CheckAsync(phone, "33333")).ShouldBeWrong();
        (await Attempts(older), await Attempts(newer)).ShouldBe((1, 1));
        (await _client.CheckAsync(phone, "11111")).ShouldBeDone();
        (await Attempts(older), await Attempts(newer)).ShouldBe((1, 1));
        (await _client.CheckAsync(phone, "11111")).ShouldBeWrong();
        (await Attempts(older), await Attempts(newer)).ShouldBe((1, 2));
        (await _client.CheckAsync(phone, "22222")).ShouldBeDone();

        async Task<int> Attempts(Otp otp) => await _host.Host.QueryAsync(async db => (await db.Otps.FindAsync(otp.Id))!.Attempts);
    }

    [Fact]
    public async Task Counts_a_miss_for_the_recipient_as_often_as_it_was_compared()
    {
        var phone = Someone.Phone();
        for (var i = 0; i < 3; i++)
        {
            await _client.SmsAsync(phone, $"1111{i}");
        }

        (await _client.CheckAsync(phone, "33333")).ShouldBeWrong();

        var otp = await _host.LastAsync(phone);
        (await _host.Host.QueryAsync(async db => (await db.Set<RecipientHistory>().FindAsync(otp.ApplicationId, otp.RecipientHash))!.FailedGuesses)).ShouldBe(3);
    }

    [Fact]
    public async Task Takes_what_typing_adds_and_keeps_what_the_password_contains()
    {
        var (plain, dashed) = (Someone.Phone(), Someone.Phone());
        await _client.SmsAsync(plain, "aB345");
        await _client.SmsAsync(dashed, "aB-345");

        (await _client.CheckAsync(plain, "aB 3-45")).ShouldBeDone();
        (await _client.CheckAsync(dashed, "aB345")).ShouldBeWrong();
        (await _client.CheckAsync(dashed, "aB\u2011345")).ShouldBeDone();
    }

    [Fact]
    public async Task Consumes_a_password_that_was_sent_twice_once()
    {
        var phone = Someone.Phone();
        await _client.SmsAsync(phone, "12345");
        await _client.SmsAsync(phone, "12345");

        (await _client.CheckAsync(phone, "12345")).ShouldBeDone();
        (await _client.CheckAsync(phone, "12345")).ShouldBeWrong();
    }

    [Fact]
    public async Task Two_hundred_times_at_once_is_true_once()
    {
        var phone = Someone.Phone();
        await _client.SmsAsync(phone, "12345");
        await _client.SmsAsync(phone, "12345");

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => _client.CheckAsync(phone, "12345")));

        answers.Count(a => a.Text == """{"status":true}""").ShouldBe(1);
        answers.Count(a => a.Text == """{"status":false}""").ShouldBe(199);
    }
}
