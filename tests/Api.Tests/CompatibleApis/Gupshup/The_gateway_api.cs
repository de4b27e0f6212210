using System.Net;
using System.Xml.Linq;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Gupshup;

public sealed class The_gateway_api
{
    private const string Sent = "New code generated and code was sent the user";
    private const string Message = "msg=Use%20%25code%25%20now&msg_type=TEXT";
    private readonly ApiHost _host;
    private readonly string _phone = GupshupShop.NextPhone();

    public The_gateway_api(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Sends_and_verifies_with_lines()
    {
        var shop = await GupshupShop.MakeAsync(_host);

        var sent = await shop.RestAsync($"phone_no={_phone}&{Message}&format=TEXT&otpCodeLength=8&otpCodeType=NUMERIC");

        var otp = (await shop.OtpsAsync(_phone)).ShouldHaveSingleItem();
        sent.ShouldRead($"success | {_phone} | {otp.Id} | {Sent}");
        var code = await shop.CodeAsync(_phone);
        code.ShouldMatch("^[0-9]{8}$");
        (await shop.TextAsync(_phone)).ShouldBe($"Use {code} now");
        (await shop.RestAsync($"phone_no={_phone}&{Message}"))
            .ShouldRead($"success | {_phone} | {otp.Id} | User already in the system and code was sent to the user again");
        (await shop.RestAsync($"phone_no={_phone}&otp_code={await shop.WrongCodeAsync(_phone)}")).ShouldRead("error | 903 | Invalid code");
        (await shop.RestAsync($"phone_no={_phone}&otp_code={code}"))
            .ShouldRead($"success | {_phone} | {otp.Id} | Code matched successfully and user has been verified");
        (await shop.RestAsync($"phone_no={_phone}&otp_code={code}")).ShouldRead("error | 903 | Invalid code");
    }

    [Fact]
    public async Task Answers_with_JSON()
    {
        var shop = await GupshupShop.MakeAsync(_host);

        var sent = await shop.RestAsync($"phone_no={_phone}&{Message}&format=json");
        var wrong = await shop.RestAsync($"phone_no={_phone}&otp_code={await shop.WrongCodeAsync(_phone)}&format=Json");

        sent.Text.ShouldBe($$$"""{"response":{"status":"success","details":"{{{Sent}}}"}}""");
        sent["Content-Type"].ShouldBe("application/json");
        wrong.Text.ShouldBe("""{"response":{"status":"error","code":"903","details":"Invalid code"}}""");
        wrong.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Answers_with_XML()
    {
        var shop = await GupshupShop.MakeAsync(_host);

        var sent = await shop.RestAsync($"phone_no={_phone}&{Message}&format=XML");
        var wrong = await shop.RestAsync($"phone_no={_phone}&msg=none&format=xml");

        sent.Text.ShouldBe(
            $"""<?xml version="1.0" encoding="UTF-8"?><response><status>success</status><details>{Sent}</details></response>""");
        sent["Content-Type"].ShouldBe("application/xml");
        var response = XDocument.Parse(wrong.Text).Root!;
        (response.Element("status")!.Value, response.Element("code")!.Value).ShouldBe(("error", "906"));
        response.Element("details")!.Value.ShouldBe("Invalid message: it must contain %code% and have at most 1600 characters");
    }

    [Fact]
    public async Task Takes_a_form_and_names_without_case()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        (string, string)[] fields =
        [
            ("userid", shop.UserId), ("password", GupshupShop.Password), ("method", "two_factor_auth"), ("v", "1.1"), ("phone_no", _phone),
            ("msg", "%code%"), ("msg_type", "TEXT"), ("format", "json"), ("OTPCODELENGTH", "4"), ("otpCodeType", "alphabetic"),
        ];

        var sent = await shop.FormAsync(GupshupShop.User.ToLowerInvariant(), apiKey: null, fields);

        sent.Text.ShouldBe($$$"""{"response":{"status":"success","details":"{{{Sent}}}"}}""");
        (await shop.CodeAsync(_phone)).ShouldMatch("^[A-Z]{4}$");
    }

    [Theory]
    [InlineData("msg=none", "906 | Invalid message: it must contain %code% and have at most 1600 characters")]
    [InlineData("msg=", "906 | Invalid message: it must contain %code% and have at most 1600 characters")]
    [InlineData("msg_type=TEXT", "906 | Invalid message: it must contain %code% and have at most 1600 characters")]
    [InlineData("msg=%25code%25%00", "906 | Invalid message: it must contain %code% and have at most 1600 characters")]
    [InlineData("msg=%25code%25&otpCodeLength=11", "908 | Invalid parameter")]
    [InlineData("msg=%25code%25&otpCodeLength=3", "908 | Invalid parameter")]
    [InlineData("msg=%25code%25&otpCodeLength=six", "908 | Invalid parameter")]
    [InlineData("msg=%25code%25&otpCodeLength=6&otpCodeLength=6", "908 | Invalid parameter")]
    [InlineData("msg=%25code%25&otpCodeType=ROMAN", "908 | Invalid parameter")]
    [InlineData("msg=%25code%25&format=YAML", "908 | Invalid parameter")]
    [InlineData("msg=%25code%25&method=SendMessage", "908 | Invalid parameter")]
    [InlineData("msg=%25code%25&phone_no=1", "902 | Invalid phone number")]
    [InlineData("otp_code=", "903 | Invalid code")]
    public async Task Refuses_what_is_wrong_and_makes_nothing(string query, string line)
    {
        var shop = await GupshupShop.MakeAsync(_host);

        (await shop.RestAsync(query.Contains("phone_no", StringComparison.Ordinal) ? query : $"phone_no={_phone}&{query}"))
            .ShouldRead($"error | {line}");

        (await shop.OtpsAsync(_phone)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Refuses_a_stranger_in_the_format_that_was_asked_for()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        var query = $"{GupshupShop.User}?userid={shop.UserId}&password=wrong-password&method=TWO_FACTOR_AUTH&phone_no={_phone}&{Message}";

        (await shop.AskAsync(HttpMethod.Get, query)).ShouldRead("error | 901 | Invalid credentials");
        (await shop.AskAsync(HttpMethod.Get, query + "&format=JSON")).Text
            .ShouldBe("""{"response":{"status":"error","code":"901","details":"Invalid credentials"}}""");
        (await shop.AskAsync(HttpMethod.Get, query + "&format=XML")).Text
            .ShouldBe(
                """<?xml version="1.0" encoding="UTF-8"?><response><status>error</status><code>901</code><details>Invalid credentials</details></response>""");
        (await shop.AskAsync(HttpMethod.Get, GupshupShop.User)).ShouldRead("error | 901 | Invalid credentials");
        (await shop.OtpsAsync(_phone)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Goes_by_the_only_key_of_the_application()
    {
        var shop = await GupshupShop.MakeAsync(
            _host, new(StringComparer.Ordinal) { ["codeExpiry"] = "77", ["attempt"] = "3", ["codeLength"] = "9" });

        await shop.RestAsync($"phone_no={_phone}&{Message}");

        var otp = await shop.LastAsync(_phone);
        (otp.Ttl, otp.MaxAttempts).ShouldBe((77, 3));
        (await shop.CodeAsync(_phone)).Length.ShouldBe(9);
        (await shop.TextAsync(_phone)).ShouldStartWith("Use ");
    }

    [Fact]
    public async Task Goes_by_the_settings_of_the_application_where_that_has_several_keys()
    {
        var shop = await GupshupShop.MakeAsync(_host, new(StringComparer.Ordinal) { ["codeExpiry"] = "77" });
        await _host.Admin().PostAsync($"/{shop.Made.Id}/identifiers", new { kind = "gupshup_key", settings = new { message = "%code%" } });
        await _host.Admin().PatchAsync($"/{shop.Made.Id}", new { settings = new { maxAttempts = 2, pinLength = 5, pinType = "letters" } });
        await _host.RefreshAsync();

        // A key's default is an Indian account.
        await shop.RestAsync($"phone_no=98{_phone[^5..]}000&{Message}");

        var phone = $"9198{_phone[^5..]}000";
        var otp = await shop.LastAsync(phone);
        (otp.Ttl, otp.MaxAttempts).ShouldBe((200, 2));
        (await shop.CodeAsync(phone)).ShouldMatch("^[A-Z]{5}$");
        (await shop.RestAsync($"phone_no={phone}&{Message}")).ShouldRead("error | 905 | Retry period is not over");
    }

    [Fact]
    public async Task Goes_by_the_account_type_that_all_keys_have()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        await _host.Admin().PostAsync(
            $"/{shop.Made.Id}/identifiers", new { kind = "gupshup_key", settings = new { message = "%code%", accountType = "intl" } });
        await _host.RefreshAsync();

        (await shop.RestAsync($"phone_no={_phone}&{Message}")).Text.ShouldStartWith($"success | {_phone} | ");
    }

    [Fact]
    public async Task Shares_the_live_code_with_the_other_variants()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        (await shop.SendAsync(_phone)).ShouldBeSent();

        (await shop.LineAsync($"phone={_phone}")).Text.ShouldStartWith("success | 101");
        (await shop.RestAsync($"phone_no={_phone}&{Message}")).Text
            .ShouldEndWith("| User already in the system and code was sent to the user again");
        (await shop.RestAsync($"phone_no={_phone}&otp_code={await shop.CodeAsync(_phone)}")).Text.ShouldStartWith($"success | {_phone} | ");
    }
}
