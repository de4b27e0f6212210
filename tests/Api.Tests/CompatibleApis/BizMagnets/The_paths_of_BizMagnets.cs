using System.Net;
using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Tests.CompatibleApis.BizMagnets;

public sealed class The_paths_of_BizMagnets
{
    private readonly ApiHost _host;
    private readonly CompatibleApiClient _client;
    private readonly KestrelHost _server;

    public The_paths_of_BizMagnets(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.CompatibleApis();
        _server = host.Kestrel;
    }

    [Theory]
    [InlineData("/otp/shop-config/sendOTP", "/otp/{0}/verifyOTP")]
    [InlineData("/api/otp/Shop-Config/sendOtp", "/dev/otp/{0}/verifyOtp")]
    [InlineData("/DEV/OTP/SHOP-CONFIG/SENDOTP", "/Api/Otp/{0}/VERIFYotp")]
    [InlineData("/otp/shop-config/sendotp/", "/api/otp/{0}/verifyotp/")]
    public async Task Have_no_case_and_two_more_beginnings(string send, string verify)
    {
        var mobile = BizMagnetsClient.Mobile();
        var id = (await _client.BizMagnetsAsync(_host.Shop.Key, send, new { mobileNumber = mobile, countryCode = "91" })).ShouldBeSent();
        var path = string.Format(null, verify, $"{id:D}".ToUpperInvariant());

        (await _client.BizMagnetsAsync(_host.Shop.Key, path, new { otp = "none", mobileNumber = mobile, countryCode = "91" }))
            .ShouldBeNotVerified(path);
        (await _client.BizMagnetsAsync(_host.Shop.Key, path, new { otp = await _host.PinOfAsync(id), mobileNumber = mobile, countryCode = "91" })).ShouldBeSuccess(id, 200);
    }

    /// <summary>The page's own: a path in another case, with an id that is none.</summary>
    [Theory]
    [InlineData("/api/otp/y23823/verifyOtp", "/api/otp/y23823/verifyOtp")]
    [InlineData("/Otp/y2%3823/verifyOTP?otp=123456&x=%20", "/Otp/y2%3823/verifyOTP")]
    [InlineData("/dev/OTP/%C3%A9%22%3C+/verifyotp/", "/dev/OTP/%C3%A9%22%3C+/verifyotp/")]
    public async Task Are_told_as_they_were_received(string target, string told)
    {
        const string Body = """{"otp":"123456","mobileNumber":"9876543210","countryCode":"91"}""";

        var answer = await RawExchange.SendAsync(
            _server.Address,
            $"POST {target} HTTP/1.1\r\nHost: {{host}}\r\nContent-Type: application/json\r\nX-API-KEY: " +
            $"{_host.Shop.Key}\r\nContent-Length: {{length}}",
            Body);

        answer.Head.ShouldStartWith("HTTP/1.1 410 Gone\r\n");
        var timestamp = answer.Json.GetProperty("timestamp").GetString();
        answer.Body.ShouldBe($$"""{"timestamp":"{{timestamp}}","status":403,"error":"Forbidden","path":"{{told}}"}""");
        timestamp!.ShouldMatch("^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$");
    }

    [Theory]
    [InlineData("GET", "/otp/shop-config/sendOTP")]
    [InlineData("PUT", "/api/otp/x/VERIFYOTP")]
    [InlineData("DELETE", "/dev/otp/x/verifyOTP/")]
    public async Task Take_no_other_method(string method, string path)
    {
        var answer = await _client.SendAsync(HttpMethod.Parse(method), path, headers: ("X-API-KEY", _host.Shop.Key));

        answer.ShouldBeError(405, path, "The method is not allowed here");
        answer["Allow"].ShouldBe("POST");
    }

    [Theory]
    [InlineData("/otp/a/resendOTP")]
    [InlineData("/otp/a/sendOTP/b")]
    [InlineData("/otp/sendOTP/")]
    [InlineData("/api/otp/a")]
    [InlineData("/api/dev/otp/a/sendOTP")]
    [InlineData("/test/otp/a/sendOTP")]
    public async Task Leave_the_others_to_the_native_api(string path)
    {
        var answer = await _client.SendAsync(HttpMethod.Put, path, headers: ("X-API-KEY", _host.Shop.Key));

        answer.Json.GetProperty("error").GetProperty("code").GetInt32().ShouldBeOneOf(2021, 2114);
    }

    [Fact]
    public async Task Leave_an_OTP_whose_id_is_one_of_the_calls_to_the_native_api()
    {
        (await _host.Client(_host.Shop).ReadAsync("sendOTP")).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
        (await _host.Client(_host.Shop).GetAsync("/otp/sendOTP/callbacks")).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
    }

    public static TheoryData<string> Calls =>
        [
            "/otp/shop-config/sendOTP", "/otp/01a1fa86-7284-736a-9747-af98cbc88280/verifyOTP", "/api/otp/shop-config/sendotp",
            "/dev/otp/y23823/verifyOtp"];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Want_a_key(string path)
    {
        foreach (
            var key in new[] { null, "", "wrong", _host.Expired.Key, _host.Revoked.Key, _host.Inactive.Key, "beem-key", _host.AdminKey })
        {
            var answer = await _client.BizMagnetsAsync(key, path, "{}");

            answer.ShouldBeError(401, path, "The API key is missing or not valid");
            answer["WWW-Authenticate"].ShouldBe("ApiKey realm=\"OtpPipeline\", header=\"X-API-KEY\"");
        }

        (await _client.BizMagnetsAsync(_host.WithoutScope.Key, path, "{}"))
            .ShouldBeError(403, path, "The API key does not have the scope 'otp'");
    }

    [Fact]
    public async Task Find_no_OTP_of_another_application()
    {
        var (owner, other) = (await KnownApplication.MakeAsync(_host), await KnownApplication.MakeAsync(_host));
        var (id, mobile, otp) = await new BizMagnetsClient(_host, owner).WithSentOtpAsync();

        (await new BizMagnetsClient(_host, other).VerifyAsync(id, otp, mobile)).ShouldBeNotVerified(BizMagnetsClient.VerifyPath(id));

        (await _host.StateOfAsync(id)).ShouldBe((OtpStatus.Pending, 0));
    }

    [Fact]
    public async Task Have_a_limit_of_requests_for_each_key()
    {
        var answers = new List<Answer>();

        // Eight, since a minute of the clock may end in between.
        for (var i = 0; i < 8; i++)
        {
            answers.Add(await _client.BizMagnetsAsync((await LimitedAsync()).Made.Key, "/otp/unknown/sendOTP", "{}"));
        }

        answers[0].ShouldBeError(404, "/otp/unknown/sendOTP", "The application has no such OTP config");
        answers[0]["X-Rate-Limit-Limit"].ShouldBe("3");
        var refused = answers.First(a => a.Status == HttpStatusCode.TooManyRequests)
            .ShouldBeError(429, "/otp/unknown/sendOTP", "Too many requests in this minute");
        int.Parse(refused["Retry-After"]!).ShouldBeInRange(1, 60);
        refused["X-Rate-Limit-Remaining"].ShouldBe("0");
    }

    [Fact]
    public async Task Are_described_in_a_document_of_their_own()
    {
        var document = (await _client.SendAsync(HttpMethod.Get, "/openapi/bizmagnets.json")).Json;

        document.GetProperty("paths").EnumerateObject().Select(p => p.Name).ShouldBe(
            [
                "/otp/{config}/sendOTP", "/otp/{otpId}/verifyOTP", "/api/otp/{config}/sendOTP", "/api/otp/{otpId}/verifyOTP",
                "/dev/otp/{config}/sendOTP", "/dev/otp/{otpId}/verifyOTP"], ignoreOrder: true);
        document.GetProperty("components").GetProperty("securitySchemes").GetProperty("BizMagnets").GetProperty("name").GetString()
            .ShouldBe("X-API-KEY");
    }

    private KnownApplication? _limited;

    private async Task<KnownApplication> LimitedAsync() =>
        _limited ??= await KnownApplication.MakeAsync(_host, new { limits = new { requestsPerMinute = 3 } });
}
