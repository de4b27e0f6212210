using System.Net;
using System.Net.Http.Headers;
using System.Text;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Gupshup;

public sealed class A_gupshup_request_that_is_refused
{
    private readonly ApiHost _host;
    private readonly string _phone = GupshupShop.NextPhone();

    public A_gupshup_request_that_is_refused(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Comes_from_a_stranger()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        var other = await GupshupShop.MakeAsync(_host);
        (string, string) phone = ("phone", _phone);
        var path = $"{GupshupShop.Root}/sendOTP";

        (await shop.FormAsync(path, apiKey: null, ("key", shop.Key), phone)).ShouldBeStranger();
        (await shop.FormAsync(path, "", ("key", shop.Key), phone)).ShouldBeStranger();
        (await shop.FormAsync(path, "wrong", ("key", shop.Key), phone)).ShouldBeStranger();
        (await shop.FormAsync(path, other.Made.Key, ("key", shop.Key), phone)).ShouldBeStranger();
        (await shop.FormAsync(path, shop.Made.Key, ("key", other.Key), phone)).ShouldBeStranger();
        (await shop.FormAsync(path, shop.Made.Key, ("key", shop.Key + "0"), phone)).ShouldBeStranger();
        (await shop.FormAsync(path, shop.Made.Key, phone)).ShouldBeStranger();
        (await shop.FormAsync(path, $"{shop.Made.Key},{shop.Made.Key}", ("key", shop.Key), phone)).ShouldBeStranger();
        (await shop.FormAsync(path, _host.WithoutScope.Key, ("key", shop.Key), phone)).ShouldBeStranger();
        (await shop.OtpsAsync(_phone)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Comes_with_a_key_without_the_scope_of_the_same_application()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        var sms = await _host.Admin().PostAsync($"/{shop.Made.Id}/keys", new { scopes = new[] { "sms" } });
        await _host.RefreshAsync();

        (await shop.FormAsync($"{GupshupShop.Root}/sendOTP", sms.Json.GetProperty("apiKey").GetString(), ("key", shop.Key), ("phone", _phone))).ShouldBeStranger();
    }

    [Fact]
    public async Task Is_for_an_application_that_is_inactive()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        await _host.Admin().PatchAsync($"/{shop.Made.Id}", new { status = "inactive" });
        await _host.RefreshAsync();

        (await shop.SendAsync(_phone)).ShouldBeStranger();
        (await shop.LineAsync($"phone={_phone}")).ShouldRead("error | 901 | Invalid credentials");
        (await shop.RestAsync($"phone_no={_phone}&msg=%25code%25")).ShouldRead("error | 901 | Invalid credentials");
    }

    [Fact]
    public async Task Verifies_the_code_of_another_application()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        var other = await GupshupShop.MakeAsync(_host);
        await shop.SendAsync(_phone);

        (await other.VerifyAsync(_phone, await shop.CodeAsync(_phone))).ShouldBeInvalidCode();

        (await shop.LastAsync(_phone)).Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task Is_to_a_country_or_a_cost_that_the_application_does_not_have()
    {
        var shop = await GupshupShop.MakeAsync(_host, limits: new { allowedCountries = new[] { "DE" } });
        (await shop.SendAsync(_phone)).ShouldSay("error", "902", "Invalid phone number");

        var careful = await GupshupShop.MakeAsync(_host);
        (await careful.SendAsync("33891123456")).ShouldSay("error", "902", "Invalid phone number");

        var poor = await GupshupShop.MakeAsync(_host, limits: new { spendingPerDay = 0.05 });
        (await poor.SendAsync(_phone)).ShouldSay("error", "909", "Request failed");
    }

    public static TheoryData<string, byte[]> Garbage => new()
    {
        { "application/x-www-form-urlencoded", [0xFF, 0xFE, 0x00, 0x26, 0x3D, 0x80] },
        { "application/x-www-form-urlencoded", Encoding.ASCII.GetBytes("%FF%00&==&&key&%=%") },
        { "application/x-www-form-urlencoded", new byte[1_000_000] },
        { "application/x-www-form-urlencoded; charset=utf-16", Encoding.Unicode.GetBytes("key=x&phone=y") },
        { "application/json", Encoding.ASCII.GetBytes(new string('[', 100_000 / 2)) },
        { "application/json", Encoding.ASCII.GetBytes("""{"key":{"a":[1]},"phone":[],"code":true}""") },
        { "application/json", Encoding.ASCII.GetBytes("""{"key":"1","key":"2"}""") },
        { "application/json", [] },
        { "multipart/form-data; boundary=x", Encoding.ASCII.GetBytes("--x\r\n\r\n--x--") },
        { "text/plain", Encoding.ASCII.GetBytes("key=x") },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Cannot_be_read(string contentType, byte[] body)
    {
        var shop = await GupshupShop.MakeAsync(_host);
        foreach (var call in (string[])["sendOTP", "verifyOTP", "updateMessage"])
        {
            (await shop.AskAsync(HttpMethod.Post, $"{GupshupShop.Root}/{call}", Content(contentType, body), shop.Made.Key))
                .ShouldBeStranger();
        }

        (await shop.AskAsync(HttpMethod.Post, GupshupShop.User, Content(contentType, body)))
            .ShouldRead("error | 901 | Invalid credentials");
    }

    [Theory]
    [InlineData("%00")]
    [InlineData("%FF%FE")]
    [InlineData("336%E2%80%AE12246400")]
    [InlineData("33612246400'%20OR%201=1")]
    public async Task Has_a_phone_of_anything(string phone)
    {
        var shop = await GupshupShop.MakeAsync(_host);

        (await shop.LineAsync($"phone={phone}")).ShouldRead("error | 902 | Invalid phone number");
        (await shop.LineAsync($"phone={phone}&code={phone}")).ShouldRead("error | 902 | Invalid phone number");
        (await shop.LineAsync($"phone={_phone}&code={phone}")).ShouldRead("error | 903 | Invalid code");
    }

    [Theory]
    [InlineData("GET", "/sm/api/ent/sms/2fa/sendOTP", 405, """{"status":"error","code":"910","message":"No such call"}""")]
    [InlineData("POST", "/sm/api/ent/sms/2fa/other", 404, """{"status":"error","code":"910","message":"No such call"}""")]
    [InlineData("POST", "/apps/TwoFactorAuth/incoming.php", 405, "error | 910 | No such call")]
    [InlineData(
        "POST", "/apps/TwoFactorAuth/incoming.php?format=json", 405, """{"status":"error","code":"910","message":"No such call"}""")]
    [InlineData("GET", "/apps//TwoFactorAuth/outgoing.php", 404, "error | 910 | No such call")]
    [InlineData("DELETE", "/GatewayAPI/rest?format=json", 405, """{"response":{"status":"error","code":"910","details":"No such call"}}""")]
    [InlineData("GET", "/GatewayAPI/soap", 404, "error | 910 | No such call")]
    public async Task Names_what_there_is_not(string method, string path, int status, string body)
    {
        var shop = await GupshupShop.MakeAsync(_host);

        var answer = await shop.AskAsync(HttpMethod.Parse(method), path);

        answer.Text.ShouldBe(body);
        ((int)answer.Status).ShouldBe(status);
    }

    [Fact]
    public async Task Is_one_too_many_of_its_key()
    {
        // A shop each: the limit is the application's, whichever of its credentials comes.
        var (shop, other, gateway) = (await SlowShopAsync(), await SlowShopAsync(), await SlowShopAsync());

        await RefusesAfterAFewAsync(
            () => shop.VerifyAsync(_phone, "1"), """{"status":"error","code":"911","message":"Too many requests"}""");
        await RefusesAfterAFewAsync(() => other.LineAsync($"phone={_phone}&code=1"), "error | 911 | Too many requests");
        await RefusesAfterAFewAsync(
            () =>
                gateway.FormAsync(
                    GupshupShop.User, null, ("userid", gateway.UserId), ("password", GupshupShop.Password), ("format", "json")),
            """{"response":{"status":"error","code":"911","details":"Too many requests"}}""");
    }

    [Fact]
    public async Task Is_one_too_many_of_a_stranger()
    {
        await using var server = new KestrelHost(
            _host, new Dictionary<string, string>(StringComparer.Ordinal) { ["Api:AnonymousRequestsPerMinute"] = "3" });
        using var http = new HttpClient { BaseAddress = server.Address };

        await RefusesAfterAFewAsync(
            async () =>
            {
                using var response = await http.GetAsync($"/apps/TwoFactorAuth/incoming.php?phone={_phone}&key={new string('1', 32)}");
                return await Answer.OfAsync(response);
            },
            "error | 911 | Too many requests");
    }

    [Fact]
    public async Task Leaves_no_secret_in_the_log()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        await shop.SendAsync(_phone);
        var code = await shop.CodeAsync(_phone);
        await shop.LineAsync($"phone={_phone}&code={code}");
        await shop.RestAsync($"phone_no={_phone}&otp_code={code}");

        // The framework's own lines print paths; they are off below Warning in every deployment.
        var lines = _host.Logs.Lines.Where(l => l.Category.StartsWith("OtpPipeline", StringComparison.Ordinal)).Select(l => l.Text)
            .ToList();
        lines.ShouldNotBeEmpty();
        lines.ShouldAllBe(
            l => !l.Contains(shop.Key, StringComparison.OrdinalIgnoreCase) && !l.Contains(GupshupShop.Password, StringComparison.Ordinal)
                && !l.Contains(_phone, StringComparison.Ordinal));
    }

    private Task<GupshupShop> SlowShopAsync() => GupshupShop.MakeAsync(_host, limits: new { requestsPerMinute = 3 });

    private static ByteArrayContent Content(string contentType, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return content;
    }

    /// <summary>Eight, since a minute of the clock may end in between.</summary>
    private static async Task RefusesAfterAFewAsync(Func<Task<Answer>> ask, string body)
    {
        var answers = new List<Answer>();
        for (var i = 0; i < 8; i++)
        {
            answers.Add(await ask());
        }

        var refused = answers.First(a => a.Status == HttpStatusCode.TooManyRequests);
        refused.Text.ShouldBe(body);
        refused["Retry-After"].ShouldNotBeNullOrEmpty();
        answers.ShouldContain(a => a.Status == HttpStatusCode.OK);
    }
}
