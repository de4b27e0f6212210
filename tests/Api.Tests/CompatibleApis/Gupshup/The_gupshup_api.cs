using System.Net;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Gupshup;

public sealed class The_gupshup_api
{
    private readonly ApiHost _host;
    private readonly string _phone = GupshupShop.NextPhone();

    public The_gupshup_api(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Answers_404_where_it_is_off()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        await using var server = new KestrelHost(
            _host, new Dictionary<string, string>(StringComparer.Ordinal) { ["Gupshup:Enabled"] = "false" });
        using var http = new HttpClient { BaseAddress = server.Address };

        foreach (var path in (string[])["apps/TwoFactorAuth/incoming.php", "GatewayAPI/rest", "sm/api/ent/sms/2fa/sendOTP"])
        {
            using var response = await http.GetAsync($"{path}?phone={_phone}&key={shop.Key}");
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await response.Content.ReadAsStringAsync()).ShouldContain("\"code\":2021");
        }

        (await http.GetAsync("openapi/gupshup.json")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Stands_behind_its_prefix()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        await using var server = new KestrelHost(
            _host, new Dictionary<string, string>(StringComparer.Ordinal) { ["Gupshup:Prefix"] = "/sms-api" });
        using var http = new HttpClient { BaseAddress = server.Address };
        var query = $"apps/TwoFactorAuth/incoming.php?phone={_phone}&key={shop.Key}";

        (await http.GetStringAsync($"sms-api/{query}")).ShouldBe("success | 100 | New code generated and code was sent the user");
        (await http.GetStringAsync($"sms-api//{query}&format=json")).ShouldStartWith("""{"status":"success","code":"101",""");
        using var bare = await http.GetAsync(query);
        bare.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await bare.Content.ReadAsStringAsync()).ShouldContain("\"code\":2021");
        using var unknown = await http.GetAsync("sms-api/apps/x");
        (await unknown.Content.ReadAsStringAsync()).ShouldBe("error | 910 | No such call");
    }

    [Fact]
    public async Task Is_described()
    {
        var document = (await _host.Client(null).GetAsync("/openapi/gupshup.json")).Json;

        document.GetProperty("paths").EnumerateObject()
            .ToDictionary(
                p => p.Name, p => string.Join(' ', p.Value.EnumerateObject().Select(o => o.Name).Order(StringComparer.Ordinal)),
                StringComparer.Ordinal)
            .ShouldBe(
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["/sm/api/ent/sms/2fa/sendOTP"] = "post",
                    ["/sm/api/ent/sms/2fa/verifyOTP"] = "post",
                    ["/sm/api/ent/sms/2fa/updateMessage"] = "post",
                    ["/apps/TwoFactorAuth/incoming.php"] = "get",
                    ["/GatewayAPI/rest"] = "get post",
                },
                ignoreOrder: true);
        document.GetProperty("paths").GetProperty("/GatewayAPI/rest").GetProperty("get").GetProperty("parameters").GetArrayLength()
            .ShouldBe(11);
        document.GetProperty("components").GetProperty("securitySchemes").GetProperty("Gupshup").GetProperty("name").GetString()
            .ShouldBe("apikey");
    }
}
