using System.Net;
using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Tests.CompatibleApis.BizMagnets;

public sealed class Sending_an_OTP
{
    private readonly ApiHost _host;

    public Sending_an_OTP(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Goes_over_WhatsApp_with_the_text_of_the_config()
    {
        var application = await KnownApplication.MakeAsync(_host, bizMagnets: new { text = "Use {{pin}} at the counter." });
        var mobile = BizMagnetsClient.Mobile();

        var id = (
            await new BizMagnetsClient(_host, application).SendAsync(
                new { name = "Ravi", mobileNumber = mobile, countryCode = "91" })).ShouldBeSent();

        var otp = (await _host.Client(application.Made.Tenant).ReadAsync(id)).Json;
        otp.GetProperty("channel").GetString().ShouldBe("whatsapp");
        otp.GetProperty("phoneNumber").GetString().ShouldBe($"+91{mobile}");
        otp.GetProperty("countryIso").GetString().ShouldBe("IN");
        otp.GetProperty("name").GetString().ShouldBe("Ravi");
        (await TemplateOfAsync(id)).ShouldBe("Use {{pin}} at the counter.");
    }

    [Fact]
    public async Task Has_the_usual_text_where_the_config_has_none()
    {
        var application = await KnownApplication.MakeAsync(_host, new { template = "Of other APIs: {{pin}}" });

        var (id, _, otp) = await new BizMagnetsClient(_host, application).WithSentOtpAsync();

        (await TemplateOfAsync(id)).ShouldBe("{{pin}} is your verification code.");
        otp.Length.ShouldBe(6);
    }

    [Theory]
    [InlineData("""{"mobileNumber":"NUMBER","countryCode":"91"}""")]
    [InlineData("""{"name":null,"mobileNumber":"NUMBER","countryCode":"+91"}""")]
    [InlineData("""{"name":17,"mobileNumber":NUMBER,"countryCode":91}""")]
    [InlineData("""{"name":"","mobileNumber":"0NUMBER","countryCode":" 91 "}""")]
    [InlineData("""{"name":"रवि","mobileNumber":" NUMBER ","countryCode":"91","more":[1,{"of":"it"}]}""")]
    public async Task Takes_numbers_as_texts_texts_as_numbers_and_a_code_with_a_plus_sign(string body)
    {
        var application = await KnownApplication.MakeAsync(_host);
        var mobile = BizMagnetsClient.Mobile();

        var id = (
            await new BizMagnetsClient(_host, application).SendAsync(
                body.Replace("NUMBER", mobile, StringComparison.Ordinal))).ShouldBeSent();

        (await _host.Client(application.Made.Tenant).ReadAsync(id)).Json.GetProperty("phoneNumber").GetString().ShouldBe($"+91{mobile}");
    }

    [Theory]
    [InlineData("""{"countryCode":"91"}""", "The field 'mobileNumber' is missing or empty")]
    [InlineData("""{"mobileNumber":"","countryCode":"91"}""", "The field 'mobileNumber' is missing or empty")]
    [InlineData("""{"mobileNumber":{},"countryCode":"91"}""", "The field 'mobileNumber' must be a text")]
    [InlineData("""{"mobileNumber":"9876543210"}""", "The field 'countryCode' is missing or empty")]
    [InlineData("""{"mobileNumber":"9876543210","countryCode":["91"]}""", "The field 'countryCode' must be a text")]
    [InlineData(
        """{"mobileNumber":"9876543210","countryCode":"IN"}""", "The field 'countryCode' must be a calling code, such as 91 or +91")]
    [InlineData("""{"mobileNumber":"9876543210","countryCode":"+"}""", "The field 'countryCode' must be a calling code, such as 91 or +91")]
    [InlineData(
        """{"mobileNumber":"9876543210","countryCode":"9191"}""", "The field 'countryCode' must be a calling code, such as 91 or +91")]
    [InlineData("""{"mobileNumber":"9876543210","countryCode":-91}""", "The field 'countryCode' must be a calling code, such as 91 or +91")]
    [InlineData(
        """{"mobileNumber":"+919876543210","countryCode":"91"}""",
        "The field 'mobileNumber' is no phone number of the country that 'countryCode' names")]
    [InlineData(
        """{"mobileNumber":"9876543210 ext. 5","countryCode":"91"}""",
        "The field 'mobileNumber' has an extension, which no message reaches")]
    [InlineData(
        """{"mobileNumber":"12345","countryCode":"91"}""",
        "The field 'mobileNumber' is no phone number of the country that 'countryCode' names")]
    [InlineData(
        """{"mobileNumber":98765.43210,"countryCode":"91"}""",
        "The field 'mobileNumber' is no phone number of the country that 'countryCode' names")]
    [InlineData(
        """{"mobileNumber":"9876543210","countryCode":"999"}""",
        "The field 'mobileNumber' is no phone number of the country that 'countryCode' names")]
    [InlineData(
        """{"name":{},"mobileNumber":"9876543210","countryCode":"91"}""",
        "The parameter 'name' is not valid (max 100 characters, no control characters)")]
    [InlineData("", "The body is empty: a JSON object is expected")]
    [InlineData("nonsense", "The body is not valid JSON")]
    [InlineData("[]", "The body is not a JSON object")]
    [InlineData("""{"name":"a","name":"b"}""", "The body holds the same field twice")]
    public async Task Is_refused_for_what_is_wrong_with_a_field(string body, string message)
    {
        var application = await KnownApplication.MakeAsync(_host);
        var client = new BizMagnetsClient(_host, application);

        (await client.SendAsync(body)).ShouldBeError(400, client.SendPath, message);

        (await application.OtpsAsync(_host)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_refused_for_a_body_that_is_too_large_or_no_JSON_or_no_text()
    {
        var application = await KnownApplication.MakeAsync(_host);
        var client = new BizMagnetsClient(_host, application);
        var http = _host.CompatibleApis();

        (await client.SendAsync(new string(' ', 1_000_000))).ShouldBeError(413, client.SendPath, "The body is larger than 64 KB");
        (await http.BizMagnetsAsync(application.Made.Key, client.SendPath, "a=b", "application/x-www-form-urlencoded"))
            .ShouldBeError(415, client.SendPath, "The media type must be application/json in UTF-8");
        (await http.BizMagnetsAsync(application.Made.Key, client.SendPath, "{}", "application/json; charset=utf-16"))
            .ShouldBeError(415, client.SendPath, "The media type must be application/json in UTF-8");
        (await client.SendAsync(new byte[] { 0xff, 0xfe, 0x00 })).ShouldBeError(400, client.SendPath, "The body is not valid UTF-8 text");
        (await http.BizMagnetsAsync(application.Made.Key, client.SendPath, """{"mobileNumber":"9876501234","countryCode":"91"}""", contentType: null)).ShouldBeSent();
    }

    [Fact]
    public async Task Needs_a_config_of_its_own_application()
    {
        var (application, other) = (await KnownApplication.MakeAsync(_host), await KnownApplication.MakeAsync(_host));
        var body = new { mobileNumber = BizMagnetsClient.Mobile(), countryCode = "91" };
        foreach (var config in new[] { other.Config, "unknown", "Shop-Config", "a.b", new string('x', 101), application.Made.Id, application.BeemApp })
        {
            (await _host.CompatibleApis().BizMagnetsAsync(application.Made.Key, $"/otp/{config}/sendOTP", body))
                .ShouldBeError(404, $"/otp/{config}/sendOTP", "The application has no such OTP config");
        }

        (await application.OtpsAsync(_host)).ShouldBeEmpty();
        (await _host.CompatibleApis().BizMagnetsAsync(application.Made.Key, $"/otp/{application.Config.ToUpperInvariant()}/sendOTP", body))
            .ShouldBeSent();
    }

    [Fact]
    public async Task Does_not_need_what_the_application_leaves_to_the_requests_of_others()
    {
        var application = await KnownApplication.MakeAsync(_host);
        var left = await _host.Admin().PatchAsync(
            $"/{application.Made.Id}",
            new { settings = new { from = (string?)null, template = (string?)null, pinType = (string?)null, plan = new[] { "email" } } });
        left.Status.ShouldBe(HttpStatusCode.OK, left.Text);
        await _host.RefreshAsync();

        var (_, _, otp) = await new BizMagnetsClient(_host, application).WithSentOtpAsync();

        otp.ShouldAllBe(c => char.IsAsciiDigit(c));
    }

    [Fact]
    public async Task Is_forbidden_where_the_application_may_not_send_it()
    {
        var elsewhere = await KnownApplication.MakeAsync(_host, new { limits = new { allowedCountries = new[] { "FR" } } });
        var client = new BizMagnetsClient(_host, elsewhere);

        (await client.SendAsync(new { mobileNumber = BizMagnetsClient.Mobile(), countryCode = "91" }))
            .ShouldBeError(403, client.SendPath, "The country of the phone number is not served for this application");
    }

    [Fact]
    public async Task Goes_to_a_premium_number_too_since_WhatsApp_costs_the_same()
    {
        var client = new BizMagnetsClient(_host, await KnownApplication.MakeAsync(_host));

        (await client.SendAsync(new { mobileNumber = "891123456", countryCode = "33" })).ShouldBeSent();
    }

    [Fact]
    public async Task Is_limited_for_each_number()
    {
        var application = await KnownApplication.MakeAsync(_host, new { limits = new { sendsPerHour = 1 } });
        var client = new BizMagnetsClient(_host, application);
        var body = new { mobileNumber = BizMagnetsClient.Mobile(), countryCode = "91" };
        (await client.SendAsync(body)).ShouldBeSent();

        var refused = (await client.SendAsync(body)).ShouldBeError(
            429, client.SendPath, "Too many OTPs were requested for this recipient in one hour");

        int.Parse(refused["Retry-After"]!).ShouldBeInRange(3500, 3600);
    }

    [Theory]
    [InlineData("no place for it")]
    [InlineData("{{pin}} and {{pin}}")]
    [InlineData("{{pin}} for {{name}}")]
    [InlineData("{{pin}}\nin two lines")]
    [InlineData("{{pin}} or https://shop.example")]
    [InlineData("{{pin}} at www.shop.example")]
    [InlineData("{{pin}} \U0001F600")]
    [InlineData("")]
    public async Task Has_no_text_that_WhatsApp_would_not_approve(string text)
    {
        var answer = await _host.Admin()
            .PostAsync($"/{_host.OtherShop.Id}/identifiers", new { kind = "bizmagnets_config", settings = new { text } });

        answer.Text.ShouldContain("1 to 1024 characters of one line with {{pin}} once, without another variable, a link or emoji");
        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("<#> {{pin}} is your code. Do not share it.")]
    [InlineData("आपका कोड {{pin}} है।")]
    public async Task Has_any_other_text_of_one_line(string text) =>
        (await _host.Admin().PostAsync($"/{_host.OtherShop.Id}/identifiers", new { kind = "bizmagnets_config", settings = new { text } })).Status.ShouldBe(HttpStatusCode.Created);

    private async Task<string> TemplateOfAsync(Guid otpId)
    {
        var otp = await _host.QueryAsync(
            db => Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.SingleAsync(db.Otps, o => o.Id == otpId));
        var secrets = (Core.Secrets.OtpSecrets)_host.Services.GetService(typeof(Core.Secrets.OtpSecrets))!;
        return secrets.DecryptDetails(otp.Id, otp.Details).Template;
    }
}
