using System.Net;
using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis;

public sealed class Switching_and_moving_a_compatible_api
{
    private readonly ApiHost _host;

    public Switching_and_moving_a_compatible_api(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    /// <summary>Every path of a compatible API, which is the name of its section too.</summary>
    public static TheoryData<string, string> Paths => new()
    {
        { "Native", "/otp" },
        { "Native", "/otp/01a1fa86-7284-736a-9747-af98cbc88280" },
        { "Native", "/otp/01a1fa86-7284-736a-9747-af98cbc88280/callbacks" },
        { "Native", "/oauth/token" },
        { "Native", "/applications" },
        { "Native", "/applications/01a1fa86-7284-736a-9747-af98cbc88280" },
        { "Beem", "/v1/request" },
        { "Beem", "/v1/verify" },
        { "Beem", "/api/v1/request" },
        { "Beem", "/v1/nothing" },
        { "BizMagnets", "/otp/shop-config/sendOTP" },
        { "BizMagnets", "/otp/01a1fa86-7284-736a-9747-af98cbc88280/verifyOTP" },
        { "BizMagnets", "/api/otp/shop-config/sendOTP" },
        { "BizMagnets", "/DEV/otp/shop-config/verifyotp" },
        { "Gupshup", "/sm/api/ent/sms/2fa/sendOTP" },
        { "Gupshup", "/sm/api/ent/sms/2fa/verifyOTP" },
        { "Gupshup", "/sm/api/ent/sms/2fa/updateMessage" },
        { "Gupshup", "/apps/TwoFactorAuth/incoming.php" },
        { "Gupshup", "/GatewayAPI/rest" },
        { "Gupshup", "/sm/nothing" },
        { "Perfumerlabs", "/sms" },
        { "Perfumerlabs", "/sms/check" },
        { "Perfumerlabs", "/call" },
        { "Perfumerlabs", "/call/check" },
        { "Perfumerlabs", "/email" },
        { "Perfumerlabs", "/email/check" },
        { "Perfumerlabs", "/telegram" },
        { "Perfumerlabs", "/telegram/check" },
        { "Perfumerlabs", "/telegram/webhook" },
        { "Perfumerlabs", "/limit/sms" },
        { "Perfumerlabs", "/limit/call" },
        { "Perfumerlabs", "/limit/email" },
        { "Perfumerlabs", "/target" },
        { "Perfumerlabs", "/password" },
        { "Perfumerlabs", "/sms/nothing" },
    };

    [Fact]
    public async Task Off_it_is_not_there()
    {
        foreach (var section in Paths.Select(p => p.Data.Item1).Distinct())
        {
            await using var server = With(section, "Enabled", "false");
            using var http = new HttpClient { BaseAddress = server.Address };
            var client = new CompatibleApiClient(http);
            foreach (var path in Paths.Where(p => p.Data.Item1 == section).Select(p => p.Data.Item2))
            {
                await ShouldNotBeThereAsync(client, path);
            }

            var document = await client.SendAsync(HttpMethod.Get, $"/openapi/{section.ToLowerInvariant()}.json");
            document.Status.ShouldBe(HttpStatusCode.NotFound);
            foreach (var other in Paths.Where(p => p.Data.Item1 != section).Select(p => p.Data.Item2))
            {
                (await client.SendAsync(HttpMethod.Post, other, "{}")).Status.ShouldBeOneOf(
                    other.EndsWith("/nothing", StringComparison.Ordinal)
                        ? [HttpStatusCode.NotFound]
                        : [HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized, HttpStatusCode.MethodNotAllowed]);
            }
        }
    }

    [Fact]
    public async Task Moved_it_is_below_its_prefix_only()
    {
        foreach (var section in Paths.Select(p => p.Data.Item1).Distinct())
        {
            await using var server = With(section, "Prefix", "/moved/here");
            using var http = new HttpClient { BaseAddress = server.Address };
            var client = new CompatibleApiClient(http);
            foreach (var path in Paths.Where(p => p.Data.Item1 == section).Select(p => p.Data.Item2))
            {
                await ShouldNotBeThereAsync(client, path);
                var there = await client.SendAsync(HttpMethod.Post, "/moved/here" + path, "{}");
                there.Status.ShouldBeOneOf(
                    path.EndsWith("/nothing", StringComparison.Ordinal)
                        ? [HttpStatusCode.NotFound]
                        : [HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized, HttpStatusCode.MethodNotAllowed]);
            }
        }
    }

    [Theory]
    [InlineData("native", "Native", "/sms-api")]
    [InlineData("Beem", "Beem", "/b.e-e_m/2~")]
    [InlineData("BizMagnets", "BizMagnets", "/otp")]
    [InlineData("Gupshup A", "Gupshup", "/sm")]
    [InlineData("Gupshup B", "Gupshup", "/apps/2")]
    [InlineData("Gupshup C", "Gupshup", "/gateway")]
    [InlineData("Perfumerlabs", "Perfumerlabs", "/sms/check")]
    public async Task Moved_it_works_as_before(string name, string section, string prefix)
    {
        var application = await KnownApplication.MakeAsync(_host);
        await using var server = With(section, "Prefix", prefix, application.Id);
        using var http = new HttpClient(new Prefixing(server.Address, prefix.ToUpperInvariant())) { BaseAddress = server.Address };
        var client = new CompatibleApiClient(http);
        await KnownTo(client, name, application);
        var compatibleApi = CompatibleApi.From(name);

        var requested = await compatibleApi.Request(client, new(application), Recipients.Next());
        var id = (await application.OtpsAsync(_host)).ShouldHaveSingleItem();
        var otp = new MadeOtp(id, await PhoneAsync(application, id), await _host.PinOfAsync(id));

        requested["Location"].ShouldBe(name is "native" ? $"{prefix.ToUpperInvariant()}/otp/{id}" : null);
        compatibleApi.Verified(await compatibleApi.Verify(client, new(application), otp, "none")).ShouldBeFalse();
        compatibleApi.Verified(await compatibleApi.Verify(client, new(application), otp, otp.Pin)).ShouldBeTrue();
        var other = section switch { "Beem" => "/v1/request", "Gupshup" => "/sm/api/ent/sms/2fa/sendOTP", "Perfumerlabs" => "/sms", _ => "/otp/x/sendOTP" };
        (await client.SendAsync(HttpMethod.Get, other)).Status
            .ShouldBe(name is "native" ? HttpStatusCode.NotFound : HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Moved_a_refusal_still_tells_the_path_as_it_was_received()
    {
        await using var server = With("BizMagnets", "Prefix", "/whatsapp");
        using var http = new HttpClient { BaseAddress = server.Address };

        var answer = await new CompatibleApiClient(http).BizMagnetsAsync(
            _host.Shop.Key, "/WhatsApp/Api/otp/y23823/verifyOtp", new { otp = "1", mobileNumber = "9876543210", countryCode = "91" });

        answer.Json.GetProperty("path").GetString().ShouldBe("/WhatsApp/Api/otp/y23823/verifyOtp");
    }

    [Theory]
    [InlineData("Native")]
    [InlineData("Beem")]
    [InlineData("BizMagnets")]
    [InlineData("Gupshup")]
    [InlineData("Perfumerlabs")]
    public async Task To_a_wrong_place_ends_the_start_with_one_sentence(string section)
    {
        var configuration = new Dictionary<string, string?>(
            _host.Configuration,
            StringComparer.Ordinal) { [$"{section}:Prefix"] = "no/slash/", ["ASPNETCORE_URLS"] = "http://127.0.0.1:0" };

        var ending = await ApiProcess.RunAsync(configuration);

        ending.Errors.ShouldBe(
            $"{section}:Prefix must be empty or a path such as /sms-api, without a slash at its end.{Environment.NewLine}");
        ending.ExitCode.ShouldBe(1);
    }

    /// <param name="section">The compatible API.</param>
    /// <param name="key">What is set in its section.</param>
    /// <param name="value">To what.</param>
    /// <param name="perfumerlabs">Whose Perfumerlabs is; the shop's where none is named.</param>
    private KestrelHost With(string section, string key, string value, Guid? perfumerlabs = null) => new(
        _host,
        new Dictionary<string, string>(
            PerfumerlabsServer.SettingsOf(perfumerlabs ?? _host.Shop.Id), StringComparer.Ordinal) { [$"{section}:{key}"] = value });

    private static async Task ShouldNotBeThereAsync(CompatibleApiClient client, string path)
    {
        var answer = await client.SendAsync(HttpMethod.Post, path, "{}");
        answer.Json.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(2021, path);
        answer.Json.GetProperty("error").GetProperty("message").GetString().ShouldBe("Not found", path);
        answer.Status.ShouldBe(HttpStatusCode.NotFound, path);
    }

    private async Task<string> PhoneAsync(KnownApplication application, Guid otpId) =>
        (await _host.Client(application.Made.Tenant).ReadAsync(otpId)).Json.GetProperty("phoneNumber").GetString()!;

    /// <summary>A server of its own learns of a new application within two seconds.</summary>
    private static async Task KnownTo(CompatibleApiClient client, string name, KnownApplication application)
    {
        var stranger = true;
        for (var i = 0; stranger; i++)
        {
            i.ShouldBeLessThan(200, "the application is still a stranger");
            var answer = await CompatibleApi.From(name)
                .Verify(client, new(application), new(Guid.CreateVersion7(), "+33612246400", ""), "none");
            stranger = answer.Status == HttpStatusCode.Unauthorized || answer.Text.Contains("Invalid credentials", StringComparison.Ordinal)
                || answer.Text.Contains("no such application", StringComparison.Ordinal);
            if (stranger)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>Puts the prefix before every path.</summary>
    private sealed class Prefixing(Uri server, string prefix) : DelegatingHandler(new HttpClientHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(server, prefix + request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
