using System.Net;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Gupshup;

public sealed class The_calls_of_gupshups_page
{
    private readonly ApiHost _host;
    private readonly AdminClient _admin;

    public The_calls_of_gupshups_page(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _admin = host.Admin();
    }

    [Fact]
    public async Task Link_an_account()
    {
        var made = await _admin.WithApplicationAsync();
        var account = $"account-{made.Id}";

        var answer = await _admin.PostAsync($"/{made.Id}/gupshup/accounts", new { accountid = account, token = "first-token" });

        answer.Status.ShouldBe(HttpStatusCode.NoContent);
        answer.Text.ShouldBeEmpty();
        var linked = await IdentifierAsync(made.Id, "gupshup_account");
        linked.GetProperty("identifier").GetString().ShouldBe(account);
        linked.GetProperty("hasPreviousSecret").GetBoolean().ShouldBeFalse();

        (await _admin.PostAsync($"/{made.Id}/gupshup/accounts", new { accountid = account, token = "first-token" })).Status
            .ShouldBe(HttpStatusCode.NoContent);
        (await IdentifierAsync(made.Id, "gupshup_account")).GetProperty("hasPreviousSecret").GetBoolean().ShouldBeFalse();
        (await _admin.SendAsync(HttpMethod.Post, $"/{made.Id}/gupshup/accounts", $"accountid={account}&token=second-token", "application/x-www-form-urlencoded")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await IdentifierAsync(made.Id, "gupshup_account")).GetProperty("hasPreviousSecret").GetBoolean().ShouldBeTrue();

        var other = await _admin.WithApplicationAsync();
        (await _admin.PostAsync($"/{other.Id}/gupshup/accounts", new { accountid = account, token = "first-token" }))
            .ShouldBeProblem(409, 2108, "An identifier of this kind exists already");
    }

    [Theory]
    [InlineData("""{"message":"simpleBot : Hello, your otp is %code%","accountType":"intl"}""", "application/json", "intl")]
    [InlineData("""{"message":"simpleBot : Hello, your otp is %code%","account type":"india"}""", "application/json", "india")]
    [InlineData("""{"message":"simpleBot : Hello, your otp is %code%"}""", "application/json", "india")]
    [InlineData("message=simpleBot+%3A+Hello%2C+your+otp+is+%25code%25&accounttype=intl", "application/x-www-form-urlencoded", "intl")]
    public async Task Make_a_key_and_show_what_the_vendor_shows(string body, string contentType, string type)
    {
        var made = await _admin.WithApplicationAsync();

        var answer = await _admin.SendAsync(HttpMethod.Post, $"/{made.Id}/gupshup/keys", body, contentType);

        answer.Status.ShouldBe(HttpStatusCode.Created);
        var key = answer.Json.EnumerateObject().ShouldHaveSingleItem().Name;
        key.ShouldMatch("^[0-9a-f]{32}$");
        answer.Text.ShouldBe(
            $$$"""{"{{{key}}}":{"attempt":"5","message":"simpleBot : Hello, your otp is %code%","codeLength":"6","codeExpiry":"200","codeChars":"0123456789","service":"SMS","codeType":"Numeric","retryPeriod":"60"}}""");
        (await IdentifierAsync(made.Id, "gupshup_key")).GetProperty("settings").GetProperty("accountType").GetString().ShouldBe(type);
        await _host.RefreshAsync();
        using var http = _host.Factory.CreateClient();
        var phone = type is "intl" ? Recipients.Next().TrimStart('+') : $"98{Recipients.Next()[^5..]}999";
        (await http.GetStringAsync($"/apps/TwoFactorAuth/incoming.php?phone={phone}&key={key}"))
            .ShouldBe("success | 100 | New code generated and code was sent the user");
    }

    [Fact]
    public async Task Make_a_key_with_further_settings_that_can_be_changed()
    {
        var made = await _admin.WithApplicationAsync();
        var answer = await _admin.PostAsync($"/{made.Id}/gupshup/keys", new { message = "%code%", codeLength = 4, retryPeriod = "0" });
        answer.Text.ShouldContain("\"codeLength\":\"4\"");
        answer.Text.ShouldContain("\"retryPeriod\":\"0\"");
        var id = (await IdentifierAsync(made.Id, "gupshup_key")).GetProperty("id").GetString();

        var changed = await _admin.PatchAsync($"/{made.Id}/identifiers/{id}", new { settings = new { codeExpiry = "30" } });

        changed.Json.GetProperty("settings").GetProperty("codeExpiry").GetString().ShouldBe("30");
        changed.Json.GetProperty("settings").GetProperty("codeLength").GetString().ShouldBe("4");
    }

    [Theory]
    [InlineData("accounts", "{}", "#/accountid #/token")]
    [InlineData("accounts", """{"accountid":"","token":"short"}""", "#/accountid #/token")]
    [InlineData("accounts", """{"accountid":{},"token":"long-enough","x":1}""", "#/accountid #/x")]
    [InlineData("keys", "{}", "#/message")]
    [InlineData("keys", """{"message":"no code"}""", "#/message")]
    [InlineData("keys", """{"message":["%code%"]}""", "#/message")]
    [InlineData("keys", """{"message":"%code%","accountType":"moon"}""", "#/accountType")]
    [InlineData("keys", """{"message":"%code%","attempt":"11","key":"mine"}""", "#/attempt #/key")]
    public async Task Name_each_field_that_is_wrong(string call, string body, string pointers)
    {
        var answer = await _admin.PostAsync($"/{_host.OtherShop.Id}/gupshup/{call}", body);

        answer.ShouldNameFields().ShouldBe(pointers.Split(' '), ignoreOrder: true);
    }

    [Theory]
    [InlineData("accounts")]
    [InlineData("keys")]
    public async Task Are_refused_with_problems(string call)
    {
        var body = call is "keys" ? """{"message":"%code%"}""" : """{"accountid":"nobody","token":"long-enough"}""";

        (await _host.Admin("wrong-admin-key").PostAsync($"/{_host.OtherShop.Id}/gupshup/{call}", body)).Status
            .ShouldBe(HttpStatusCode.Unauthorized);
        (await _admin.PostAsync($"/{Guid.CreateVersion7()}/gupshup/{call}", body)).ShouldBeProblem(404, 2021, "No such application");
        (await _admin.PostAsync($"/{_host.OtherShop.Id}/gupshup/{call}", "[]")).ShouldBeProblem(400, 2101, "The body is not a JSON object");
        (await _admin.SendAsync(HttpMethod.Post, $"/{_host.OtherShop.Id}/gupshup/{call}", body, "text/plain")).Status
            .ShouldBe(HttpStatusCode.UnsupportedMediaType);
        var made = await _admin.WithApplicationAsync();
        await _admin.DeleteAsync($"/{made.Id}");
        (await _admin.PostAsync($"/{made.Id}/gupshup/{call}", body)).ShouldBeProblem(409, 2109, "The application is revoked for good");
    }

    private async Task<System.Text.Json.JsonElement> IdentifierAsync(string application, string kind) =>
        (await _admin.GetAsync($"/{application}")).Json.GetProperty("identifiers").EnumerateArray()
            .Single(i => i.GetProperty("kind").GetString() == kind);
}
