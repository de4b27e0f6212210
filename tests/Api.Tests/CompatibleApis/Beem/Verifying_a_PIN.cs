using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Tests.CompatibleApis.Beem;

public sealed class Verifying_a_PIN
{
    private readonly ApiHost _host;

    public Verifying_a_PIN(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Succeeds_once()
    {
        var client = await ClientAsync();
        var pinId = await client.WithSentPinAsync();
        var pin = await _host.PinOfAsync(pinId);

        (await client.VerifyAsync(pinId, pin)).ShouldSay(117, "Valid Pin");

        (await client.VerifyAsync(pinId, pin)).ShouldSay(118, "Duplicate Pin");
        (await _host.StateOfAsync(pinId)).ShouldBe((OtpStatus.Verified, 0));
    }

    [Fact]
    public async Task Counts_each_wrong_one_until_there_were_too_many()
    {
        var application = await KnownApplication.MakeAsync(_host, new { maxAttempts = 3 });
        var client = new BeemClient(_host, application);
        var pinId = await client.WithSentPinAsync();
        var (pin, wrong) = (await _host.PinOfAsync(pinId), await _host.WrongPinOfAsync(pinId));

        (await client.VerifyAsync(pinId, wrong)).ShouldSay(114, "Incorrect Pin");
        (await client.VerifyAsync(pinId, wrong)).ShouldSay(114, "Incorrect Pin");
        (await client.VerifyAsync(pinId, wrong)).ShouldSay(116, "Attempts Exceeded");

        (await client.VerifyAsync(pinId, pin)).ShouldSay(116, "Attempts Exceeded");
        (await _host.StateOfAsync(pinId)).ShouldBe((OtpStatus.Failed, 3));
    }

    [Fact]
    public async Task Times_out()
    {
        var client = await ClientAsync();
        var pinId = await client.WithSentPinAsync();
        await _host.LetExpireAsync(pinId);

        (await client.VerifyAsync(pinId, await _host.PinOfAsync(pinId))).ShouldSay(115, "Pin TimeOut");
        (await client.VerifyAsync(pinId, "000000")).ShouldSay(115, "Pin TimeOut");
    }

    [Fact]
    public async Task Times_out_for_what_was_cancelled()
    {
        var application = await KnownApplication.MakeAsync(_host);
        var client = new BeemClient(_host, application);
        var pinId = await client.WithSentPinAsync();
        var pin = await _host.PinOfAsync(pinId);
        await _host.Client(application.Made.Tenant).CancelAsync(pinId);

        (await client.VerifyAsync(pinId, pin)).ShouldSay(115, "Pin TimeOut");
    }

    [Fact]
    public async Task Is_exceeded_for_what_could_not_be_delivered()
    {
        var client = await ClientAsync();
        var pinId = await client.WithSentPinAsync();
        await _host.LetFailAsync(pinId);

        (await client.VerifyAsync(pinId, await _host.PinOfAsync(pinId))).ShouldSay(116, "Attempts Exceeded");
    }

    [Theory]
    [InlineData("""{"pinId":"ID"}""", 111, "Pin missing")]
    [InlineData("""{"pinId":"ID","pin":""}""", 111, "Pin missing")]
    [InlineData("""{"pinId":"ID","pin":["1"]}""", 111, "Pin missing")]
    [InlineData("""{"pin":"000000"}""", 112, "pinId missing")]
    [InlineData("""{"pinId":" ","pin":"000000"}""", 112, "pinId missing")]
    [InlineData("nonsense", 112, "pinId missing")]
    [InlineData("", 112, "pinId missing")]
    [InlineData("""{"pinId":"01a1fa86-7284-736a-9747-af98cbc88280","pin":"000000"}""", 113, "pinId not found")]
    [InlineData("""{"pinId":"y23823","pin":"000000"}""", 113, "pinId not found")]
    [InlineData("""{"pinId":17,"pin":"000000"}""", 113, "pinId not found")]
    public async Task Is_refused_without_a_count_for_what_is_wrong_with_its_fields(string body, int code, string text)
    {
        var client = await ClientAsync();
        var pinId = await client.WithSentPinAsync();

        (await client.VerifyAsync(body.Replace("ID", pinId.ToString(), StringComparison.Ordinal))).ShouldSay(code, text);

        (await _host.StateOfAsync(pinId)).ShouldBe((OtpStatus.Pending, 0));
    }

    [Fact]
    public async Task Takes_a_PIN_as_a_number_that_lost_its_zeros()
    {
        var client = await ClientAsync();
        var pinId = Guid.Empty;
        for (var pin = "1"; pin[0] != '0'; pin = await _host.PinOfAsync(pinId))
        {
            pinId = await client.WithSentPinAsync();
        }

        (await client.VerifyAsync($$"""{"pinId":"{{pinId}}","pin":{{int.Parse(await _host.PinOfAsync(pinId))}}}"""))
            .ShouldSay(117, "Valid Pin");
    }

    [Fact]
    public async Task Takes_XML()
    {
        var client = await ClientAsync();
        var pinId = await client.WithSentPinAsync();

        (await client.VerifyAsync($"<verify><pinId>{pinId:D}</pinId><pin>{await _host.PinOfAsync(pinId)}</pin></verify>", "application/xml")).ShouldSay(117, "Valid Pin");
    }

    [Fact]
    public async Task Is_refused_with_403_for_an_application_that_wants_that()
    {
        var application = await KnownApplication.MakeAsync(_host, beem: new { forbiddenOnRefusal = "true" });
        var client = new BeemClient(_host, application);
        var pinId = await client.WithSentPinAsync();
        var pin = await _host.PinOfAsync(pinId);

        (await client.VerifyAsync(pinId, await _host.WrongPinOfAsync(pinId))).ShouldSay(114, "Incorrect Pin", 403);
        (await client.VerifyAsync(new { pinId })).ShouldSay(111, "Pin missing", 403);
        (await client.VerifyAsync(new { pin })).ShouldSay(112, "pinId missing", 403);
        (await client.VerifyAsync(Guid.CreateVersion7(), pin)).ShouldSay(113, "pinId not found", 403);
        (await client.VerifyAsync(pinId, pin)).ShouldSay(117, "Valid Pin");
        (await client.VerifyAsync(pinId, pin)).ShouldSay(118, "Duplicate Pin", 403);
        (await client.RequestAsync(new { appId = application.BeemApp, msisdn = "1" })).ShouldSay(102, "Invalid phone number");
    }

    [Fact]
    public async Task Rests_after_too_many_wrong_ones_in_a_row()
    {
        var application = await KnownApplication.MakeAsync(_host, new { limits = new { failedGuesses = 1 } });
        var client = new BeemClient(_host, application);
        var pinId = await client.WithSentPinAsync();
        (await client.VerifyAsync(pinId, await _host.WrongPinOfAsync(pinId))).ShouldSay(114, "Incorrect Pin");

        var refused = (await client.VerifyAsync(pinId, await _host.PinOfAsync(pinId))).ShouldSay(122, "Too many requests", 429);

        int.Parse(refused["Retry-After"]!).ShouldBeGreaterThan(80_000);
        (await _host.StateOfAsync(pinId)).ShouldBe((OtpStatus.Pending, 1));
    }

    private async Task<BeemClient> ClientAsync() => new(_host, await KnownApplication.MakeAsync(_host));
}
