using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Beem;

public sealed class Requesting_a_PIN
{
    private readonly ApiHost _host;

    public Requesting_a_PIN(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Is_answered_with_its_id_and_its_life()
    {
        var application = await KnownApplication.MakeAsync(_host, new { ttl = 90 });
        var msisdn = BeemClient.Msisdn();

        var pinId = (
            await new BeemClient(_host, application).RequestAsync(
                $$"""{"appId":{{application.BeemApp}},"msisdn":"{{msisdn}}"}""")).ShouldBeSent(seconds: 90);

        var otp = (await _host.Client(application.Made.Tenant).ReadAsync(pinId)).Json;
        otp.GetProperty("phoneNumber").GetString().ShouldBe($"+{msisdn}");
        otp.GetProperty("channel").GetString().ShouldBe("sms");
        otp.GetProperty("status").GetString().ShouldBe("PENDING");
    }

    [Theory]
    [InlineData("""{"appId":"APP","msisdn":NUMBER}""")]
    [InlineData("""{"msisdn":"NUMBER","appId":APP,"source_addr":"PORTAL","more":{"of":["it"]}}""")]
    [InlineData("""{"appId":"000APP","msisdn":"+NUMBER"}""")]
    [InlineData("""{"appId":" APP ","msisdn":" NUMBER "}""")]
    [InlineData("""{"appId":"APP","msisdn":"tel:+NUMBER"}""")]
    [InlineData("""{"appId":"NUMBER","msisdn":"APP"}""")]
    [InlineData("""{"appId":NUMBER,"msisdn":APP}""")]
    public async Task Takes_numbers_as_texts_texts_as_numbers_and_the_two_fields_swapped(string body)
    {
        var application = await KnownApplication.MakeAsync(_host);

        (await new BeemClient(_host, application).RequestAsync(Filled(body, application))).ShouldBeSent();
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(17, false)]
    [InlineData(6_000, false)]
    public async Task Takes_a_body_that_nests_sixteen_levels_and_no_more(int depth, bool taken)
    {
        var application = await KnownApplication.MakeAsync(_host);
        var client = new BeemClient(_host, application);
        var xml = string.Concat(Enumerable.Repeat("<x>", depth - 1)) + string.Concat(Enumerable.Repeat("</x>", depth - 1));
        var json = string.Concat(Enumerable.Repeat("[", depth - 1)) + new string(']', depth - 1);

        foreach (var (body, type) in new[]
        {
            ($"<r><appId>{application.BeemApp}</appId><msisdn>{BeemClient.Msisdn()}</msisdn>{xml}</r>", "application/xml"),
            ($$"""{"appId":"{{application.BeemApp}}","msisdn":"{{BeemClient.Msisdn()}}","x":{{json}}}""", "application/json"),
        })
        {
            var answer = await client.RequestAsync(body, type);
            if (taken)
            {
                answer.ShouldBeSent();
            }
            else
            {
                answer.ShouldSay(104, "Application Id missing");
            }
        }
    }

    [Theory]
    [InlineData("<request><appId>APP</appId><msisdn>NUMBER</msisdn></request>", "application/xml")]
    [InlineData(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<r xmlns=\"urn:beem\">\n  <msisdn> NUMBER </msisdn>\n  <appId>APP</appId>\n</r>",
        "text/xml; charset=utf-8")]
    [InlineData("<request><appId>APP</appId><msisdn>NUMBER</msisdn></request>", "application/json")]
    [InlineData("""{"appId":APP,"msisdn":"NUMBER"}""", "application/xml")]
    [InlineData("""{"appId":APP,"msisdn":"NUMBER"}""", "application/x-www-form-urlencoded")]
    public async Task Takes_XML_and_JSON_by_what_they_are(string body, string contentType)
    {
        var application = await KnownApplication.MakeAsync(_host);

        (await new BeemClient(_host, application).RequestAsync(Filled(body, application), contentType)).ShouldBeSent();
    }

    [Theory]
    [InlineData("""{"appId":APP,"msisdn":"255"}""", 102, "Invalid phone number")]
    [InlineData("""{"appId":APP,"msisdn":"not a number"}""", 102, "Invalid phone number")]
    [InlineData("""{"appId":APP,"msisdn":"0612246400"}""", 102, "Invalid phone number")]
    [InlineData("""{"appId":APP,"msisdn":["NUMBER"]}""", 102, "Invalid phone number")]
    [InlineData("""{"appId":APP,"msisdn":3.3e10}""", 102, "Invalid phone number")]
    [InlineData("""{"appId":APP,"msisdn":"33612246400 ext 5"}""", 102, "Invalid phone number")]
    [InlineData("""{"appId":APP,"msisdn":"33891123456"}""", 102, "Invalid phone number")]
    [InlineData("""{"appId":APP}""", 103, "Phone number missing")]
    [InlineData("""{"appId":APP,"msisdn":""}""", 103, "Phone number missing")]
    [InlineData("""{"appId":APP,"msisdn":null}""", 103, "Phone number missing")]
    [InlineData("""{"msisdn":"NUMBER"}""", 104, "Application Id missing")]
    [InlineData("""{"appId":"  ","msisdn":"NUMBER"}""", 104, "Application Id missing")]
    [InlineData("""{"appId":{},"msisdn":"NUMBER"}""", 104, "Application Id missing")]
    [InlineData("""{"appId":999999999,"msisdn":"NUMBER"}""", 106, "Application not found")]
    [InlineData("""{"appId":-1,"msisdn":"NUMBER"}""", 106, "Application not found")]
    [InlineData("""{"appId":1e2,"msisdn":"NUMBER"}""", 106, "Application not found")]
    [InlineData("""{"appId":4711,"msisdn":"NUMBER"}""", 106, "Application not found")]
    public async Task Is_refused_for_what_is_wrong_with_its_fields(string body, int code, string text)
    {
        var application = await KnownApplication.MakeAsync(_host);

        (await new BeemClient(_host, application).RequestAsync(Filled(body, application))).ShouldSay(code, text);

        (await application.OtpsAsync(_host)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[1,2]")]
    [InlineData("""{"appId":APP,"appId":APP,"msisdn":"NUMBER"}""")]
    [InlineData("""{"appId":APP,"msisdn":"NUMBER" """)]
    [InlineData("<request><appId>APP</appId><appId>APP</appId><msisdn>NUMBER</msisdn></request>")]
    [InlineData("<request><appId>APP</appId><msisdn>NUMBER</msisdn>")]
    [InlineData("<!DOCTYPE r [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><r><appId>APP</appId><msisdn>&a;</msisdn></r>")]
    public async Task Has_no_fields_where_its_body_cannot_be_read(string body)
    {
        var application = await KnownApplication.MakeAsync(_host);

        (await new BeemClient(_host, application).RequestAsync(Filled(body, application))).ShouldSay(104, "Application Id missing");
    }

    [Fact]
    public async Task Has_no_fields_where_its_body_is_larger_than_any_may_be() =>
        (await new BeemClient(_host, await KnownApplication.MakeAsync(_host)).RequestAsync(new string(' ', 1_000_000)))
            .ShouldSay(104, "Application Id missing");

    [Fact]
    public async Task Fails_where_the_application_spent_its_day()
    {
        var application = await KnownApplication.MakeAsync(_host, new { limits = new { spendingPerDay = 0.1 } });
        var client = new BeemClient(_host, application);
        await client.WithSentPinAsync();

        (await client.RequestAsync(new { appId = application.BeemApp, msisdn = BeemClient.Msisdn() })).ShouldSay(101, "Failed to send SMS");
    }

    [Fact]
    public async Task Is_refused_to_a_country_that_is_not_served()
    {
        var application = await KnownApplication.MakeAsync(_host, new { limits = new { allowedCountries = new[] { "TZ" } } });

        (await new BeemClient(_host, application).RequestAsync(new { appId = application.BeemApp, msisdn = BeemClient.Msisdn() }))
            .ShouldSay(102, "Invalid phone number");
    }

    [Theory]
    [InlineData("email")]
    [InlineData("telegram")]
    public async Task Finds_no_channel_where_the_application_has_none_for_phone_numbers(string channel)
    {
        var application = await KnownApplication.MakeAsync(_host, new { plan = new[] { channel } });

        (await new BeemClient(_host, application).RequestAsync(new { appId = application.BeemApp, msisdn = BeemClient.Msisdn() }))
            .ShouldSay(108, "No channel found");
    }

    [Fact]
    public async Task Finds_no_placeholder_where_the_application_has_no_template()
    {
        var application = await KnownApplication.MakeAsync(_host);
        (await _host.Admin().PatchAsync($"/{application.Made.Id}", new { settings = new { template = (string?)null } })).Status
            .ShouldBe(System.Net.HttpStatusCode.OK);
        await _host.RefreshAsync();

        (await new BeemClient(_host, application).RequestAsync(new { appId = application.BeemApp, msisdn = BeemClient.Msisdn() }))
            .ShouldSay(109, "Placeholder not found");
    }

    [Fact]
    public async Task Is_limited_for_each_number()
    {
        var application = await KnownApplication.MakeAsync(_host, new { limits = new { sendsPerHour = 1 } });
        var client = new BeemClient(_host, application);
        var msisdn = BeemClient.Msisdn();
        await client.WithSentPinAsync(msisdn);

        var refused = (await client.RequestAsync(new { appId = application.BeemApp, msisdn })).ShouldSay(122, "Too many requests", 429);

        int.Parse(refused["Retry-After"]!).ShouldBeInRange(3500, 3600);
        (await application.OtpsAsync(_host)).Length.ShouldBe(1);
    }

    private static string Filled(string body, KnownApplication application) =>
        body.Replace("APP", application.BeemApp, StringComparison.Ordinal).Replace("NUMBER", BeemClient.Msisdn(), StringComparison.Ordinal);
}
