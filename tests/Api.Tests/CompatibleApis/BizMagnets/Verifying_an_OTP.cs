using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Tests.CompatibleApis.BizMagnets;

public sealed class Verifying_an_OTP
{
    private readonly ApiHost _host;

    public Verifying_an_OTP(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    /// <summary>What a refused verification can be; the status is the one of BizMagnets:DistinctStatuses.</summary>
    public static TheoryData<string, int> OtpErrors => new()
    {
        { "wrong", 403 }, { "unknown", 404 }, { "no id", 404 }, { "wrong number", 404 }, { "used", 410 }, { "expired", 410 },
        { "cancelled", 410 }, { "exhausted", 410 }, { "undeliverable", 410 },
    };

    [Fact]
    public async Task Succeeds_once()
    {
        var client = await ClientAsync();
        var (id, mobile, otp) = await client.WithSentOtpAsync();

        (await client.VerifyAsync(id, otp, mobile)).ShouldBeSuccess(id, 200);

        (await client.VerifyAsync(id, otp, mobile)).ShouldBeNotVerified(BizMagnetsClient.VerifyPath(id));
        (await _host.StateOfAsync(id)).ShouldBe((OtpStatus.Verified, 0));
    }

    [Theory]
    [MemberData(nameof(OtpErrors))]
    public async Task Is_gone_and_forbidden_whatever_stands_against_it(string what, int distinct)
    {
        distinct.ShouldBeInRange(403, 410);
        var (id, mobile, otp) = await RefusedAsync(what);

        (await _host.CompatibleApis().BizMagnetsAsync(_host.Shop.Key, BizMagnetsClient.VerifyPath(id), new { otp, mobileNumber = mobile, countryCode = "91" }))
            .ShouldBeNotVerified(BizMagnetsClient.VerifyPath(id));
    }

    [Fact]
    public async Task Is_told_apart_where_the_operator_wants_that()
    {
        await using var server = new KestrelHost(
            _host, new Dictionary<string, string>(StringComparer.Ordinal) { ["BizMagnets:DistinctStatuses"] = "true" });
        using var http = new HttpClient { BaseAddress = server.Address };
        foreach (var (what, distinct) in OtpErrors.Select(r => r.Data))
        {
            var (id, mobile, otp) = await RefusedAsync(what);

            (await new CompatibleApiClient(http).BizMagnetsAsync(_host.Shop.Key, BizMagnetsClient.VerifyPath(id), new { otp, mobileNumber = mobile, countryCode = "91" }))
                .ShouldBeError(distinct, BizMagnetsClient.VerifyPath(id), message: null);
        }
    }

    [Fact]
    public async Task Counts_wrong_ones_up_to_the_last_and_no_wrong_number()
    {
        var client = new BizMagnetsClient(_host, await KnownApplication.MakeAsync(_host, new { maxAttempts = 2 }));
        var (id, mobile, otp) = await client.WithSentOtpAsync();
        var path = BizMagnetsClient.VerifyPath(id);
        var wrong = await _host.WrongPinOfAsync(id);

        (await client.VerifyAsync(id, otp, BizMagnetsClient.Mobile())).ShouldBeNotVerified(path);
        (await client.VerifyAsync(id, wrong, BizMagnetsClient.Mobile())).ShouldBeNotVerified(path);
        (await client.VerifyAsync(id, new { otp, mobileNumber = "612246400", countryCode = "33" })).ShouldBeNotVerified(path);
        (await client.VerifyAsync(id, new { otp, mobileNumber = "1111111111", countryCode = "91" })).ShouldBeNotVerified(path);
        (await client.VerifyAsync(id, new { otp, mobileNumber = mobile, countryCode = "IN" })).ShouldBeNotVerified(path);
        (await _host.StateOfAsync(id)).ShouldBe((OtpStatus.Pending, 0));

        (await client.VerifyAsync(id, wrong, mobile)).ShouldBeNotVerified(path);
        (await _host.StateOfAsync(id)).ShouldBe((OtpStatus.Pending, 1));
        (await client.VerifyAsync(id, wrong, mobile)).ShouldBeNotVerified(path);
        (await client.VerifyAsync(id, otp, mobile)).ShouldBeNotVerified(path);
        (await _host.StateOfAsync(id)).ShouldBe((OtpStatus.Failed, 2));
    }

    [Theory]
    [InlineData("""{"otp":"OTP","mobileNumber":NUMBER,"countryCode":91}""")]
    [InlineData("""{"otp":" OTP ","mobileNumber":"0NUMBER","countryCode":"+91"}""")]
    public async Task Takes_numbers_as_texts_and_texts_as_numbers(string body)
    {
        var client = await ClientAsync();
        var (id, mobile, otp) = await client.WithSentOtpAsync();

        (await client.VerifyAsync(id, body.Replace("OTP", otp, StringComparison.Ordinal).Replace("NUMBER", mobile, StringComparison.Ordinal))).ShouldBeSuccess(id, 200);
    }

    [Fact]
    public async Task Takes_an_OTP_as_a_number_that_lost_its_zeros()
    {
        var client = await ClientAsync();
        var (id, mobile, otp) = await client.WithSentOtpAsync();
        while (otp[0] != '0')
        {
            (id, mobile, otp) = await client.WithSentOtpAsync();
        }

        (await client.VerifyAsync(id, $$"""{"otp":{{int.Parse(otp)}},"mobileNumber":"{{mobile}}","countryCode":"91"}"""))
            .ShouldBeSuccess(id, 200);
    }

    [Theory]
    [InlineData("""{"mobileNumber":"9876543210","countryCode":"91"}""", "The field 'otp' is missing or empty")]
    [InlineData("""{"otp":"","mobileNumber":"9876543210","countryCode":"91"}""", "The field 'otp' is missing or empty")]
    [InlineData("""{"otp":["1"],"mobileNumber":"9876543210","countryCode":"91"}""", "The field 'otp' must be a text")]
    [InlineData("""{"otp":"123456","countryCode":"91"}""", "The field 'mobileNumber' is missing or empty")]
    [InlineData("""{"otp":"123456","mobileNumber":"9876543210"}""", "The field 'countryCode' is missing or empty")]
    [InlineData("{", "The body is not valid JSON")]
    [InlineData("", "The body is empty: a JSON object is expected")]
    public async Task Is_refused_without_a_count_for_what_is_wrong_with_a_field(string body, string message)
    {
        var client = await ClientAsync();
        var (id, _, _) = await client.WithSentOtpAsync();

        (await client.VerifyAsync(id, body)).ShouldBeError(400, BizMagnetsClient.VerifyPath(id), message);

        (await _host.StateOfAsync(id)).ShouldBe((OtpStatus.Pending, 0));
    }

    [Fact]
    public async Task Rests_after_too_many_wrong_ones_in_a_row()
    {
        var client = new BizMagnetsClient(_host, await KnownApplication.MakeAsync(_host, new { limits = new { failedGuesses = 1 } }));
        var (id, mobile, otp) = await client.WithSentOtpAsync();
        await client.VerifyAsync(id, await _host.WrongPinOfAsync(id), mobile);

        var refused = (await client.VerifyAsync(id, otp, mobile)).ShouldBeError(
            429, BizMagnetsClient.VerifyPath(id), "Too many wrong PINs were submitted for this recipient");

        int.Parse(refused["Retry-After"]!).ShouldBeGreaterThan(80_000);
        (await _host.StateOfAsync(id)).ShouldBe((OtpStatus.Pending, 1));
    }

    private async Task<BizMagnetsClient> ClientAsync() => new(_host, await KnownApplication.MakeAsync(_host));

    /// <summary>A verification that is refused, of an OTP of the shop.</summary>
    private async Task<(object Id, string Mobile, string Otp)> RefusedAsync(string what)
    {
        var mobile = BizMagnetsClient.Mobile();
        var id = (
            await _host.CompatibleApis().BizMagnetsAsync(
                _host.Shop.Key, "/otp/shop-config/sendOTP", new { mobileNumber = mobile, countryCode = "91" })).ShouldBeSent();
        var otp = await _host.PinOfAsync(id);
        var shop = _host.Client(_host.Shop);
        switch (what)
        {
            case "wrong":
                return (id, mobile, await _host.WrongPinOfAsync(id));
            case "unknown":
                return (Guid.CreateVersion7(), mobile, otp);
            case "no id":
                return ("y23823", mobile, otp);
            case "wrong number":
                return (id, BizMagnetsClient.Mobile(), otp);
            case "used":
                (await shop.VerifyAsync(id, otp)).Text.ShouldBe("""{"status":"VERIFIED"}""");
                break;
            case "expired":
                await _host.LetExpireAsync(id);
                break;
            case "cancelled":
                await shop.CancelAsync(id);
                break;
            case "undeliverable":
                await _host.LetFailAsync(id);
                break;
            default:
                var wrong = await _host.WrongPinOfAsync(id);
                for (var i = 0; i < 5; i++)
                {
                    await shop.VerifyAsync(id, wrong);
                }

                break;
        }

        return (id, mobile, otp);
    }
}
