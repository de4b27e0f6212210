using System.Net;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Applications;

public sealed class Reading_ones_own_application
{
    private readonly ApiHost _host;
    private readonly ApiClient _client;

    public Reading_ones_own_application(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client(host.Shop);
    }

    [Fact]
    public async Task The_list_has_it_alone()
    {
        var answer = await _client.GetAsync("/applications");

        answer.Status.ShouldBe(HttpStatusCode.OK);
        var created = answer.Json.GetProperty("data")[0].GetProperty("createdAt").GetString();
        answer.Text.ShouldBe(
            $$$"""{"data":[{"id":1,"applicationId":"{{{_host.Shop.Id}}}","applicationSecret":"********","applicationName":"shop","scopes":"otp sms","tokenExpiration":"1 day","createdAt":"{{{created}}}"}]}""");
    }

    [Fact]
    public async Task The_scopes_are_two() => (await _client.GetAsync("/applications/scopes")).Text.ShouldBe("""["otp","sms"]""");

    [Fact]
    public async Task The_settings_have_every_section_that_the_clients_models_need()
    {
        var answer = await _client.GetAsync($"/applications/{_host.Shop.Id}");

        answer.Text.ShouldStartWith(
            $$"""{"applicationId":"{{_host.Shop.Id}}","name":"shop","scopes":"otp sms","tokenExpiration":"1 day","settings":{"otp":{"template":"Your verification code is """
            + """{{pin}}","from":"InfoText","pinType":"numbers","pinLength":6,"ttl":300,"maxAttempts":5,"otpCallback":null}""");
        var settings = answer.Json.GetProperty("settings");
        settings.EnumerateObject().Select(p => p.Name).ShouldBe(
            ["otp", "sms", "viber", "whatsapp", "multichannel", "shortlinks", "attachments", "optouts", "lookup"], ignoreOrder: true);
        settings.GetProperty("sms").EnumerateObject().Select(p => p.Name).ShouldBe(
            ["enforceOriginator", "dlrCallback", "receiveCallback", "quietHours", "transliteration"], ignoreOrder: true);
        settings.GetProperty("multichannel").EnumerateObject().Select(p => p.Name).ShouldBe(
            ["dlrCallback", "receiveCallback", "quietHours", "ttl", "expireAfterTtl"], ignoreOrder: true);
        settings.GetProperty("viber").GetProperty("quietHours").GetRawText().ShouldBe("""{"start":"","stop":""}""");
        settings.GetProperty("lookup").GetRawText().ShouldBe("""{"lookupCallback":null}""");
    }

    [Fact]
    public async Task Settings_that_a_request_must_bring_are_no_null_for_the_clients_models()
    {
        var otp = (await _host.Client(_host.Strict).GetAsync($"/applications/{_host.Strict.Id}")).Json.GetProperty("settings")
            .GetProperty("otp");

        otp.GetProperty("from").GetString()!.Length.ShouldBeInRange(3, 15);
        otp.GetProperty("template").GetString().ShouldBe("");
        otp.GetProperty("pinType").GetString().ShouldBe("numbers");
    }

    [Fact]
    public async Task Another_one_does_not_exist_for_it()
    {
        foreach (var id in new[] { _host.OtherShop.Id.ToString(), Guid.CreateVersion7().ToString(), "7873310555ea4ee972518ae9559f276707c77fae", "nonsense" })
        {
            (await _client.GetAsync($"/applications/{id}")).ShouldBeRefused(404, "not_found", 1500, "Application ID not found");
        }
    }

    [Theory]
    [InlineData("/applications")]
    [InlineData("/applications/scopes")]
    [InlineData("/applications/a17fb13d-f4ac-4d93-9439-ef41ab8de390")]
    public async Task Needs_a_key_and_GET(string path)
    {
        (await _host.Client(tenant: null).GetAsync(path))
            .ShouldBeRefused(401, "invalid_api_key", 2110, "The API key is missing or not valid");
        (await _client.SendAsync(HttpMethod.Post, path)).ShouldBeRefused(405, "invalid_method", 2114, "The method is not allowed here");
    }

    [Fact]
    public async Task Shows_the_id_that_its_clients_brought_along()
    {
        var admin = _host.Admin();
        var made = await admin.WithApplicationAsync();
        var own = (await admin.GetAsync($"/{made.Id}")).Json.GetProperty("identifiers")[0].GetProperty("id").GetString();
        var brought = Guid.CreateVersion7().ToString("N");
        await admin.PostAsync($"/{made.Id}/identifiers", new { kind = "token_client", identifier = brought, secret = "brought along" });
        await admin.DeleteAsync($"/{made.Id}/identifiers/{own}");
        await _host.RefreshAsync();
        var client = _host.Client(made.Tenant);

        (await client.GetAsync("/applications")).Json.GetProperty("data")[0].GetProperty("applicationId").GetString().ShouldBe(brought);
        (await client.GetAsync($"/applications/{brought}")).Status.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync($"/applications/{made.Id}")).Status.ShouldBe(HttpStatusCode.OK);
    }
}
