using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Tests.CompatibleApis.Gupshup;

public sealed class Verifying_a_code
{
    private readonly ApiHost _host;
    private readonly string _phone = GupshupShop.NextPhone();

    public Verifying_a_code(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Succeeds_once()
    {
        var shop = await WithCodeAsync();
        var code = await shop.CodeAsync(_phone);

        (await shop.VerifyAsync(_phone, code)).ShouldBeVerified();

        (await shop.VerifyAsync(_phone, code)).ShouldBeInvalidCode();
        (await shop.LastAsync(_phone)).Status.ShouldBe(OtpStatus.Verified);
    }

    [Fact]
    public async Task Counts_each_wrong_code_until_the_last_attempt()
    {
        var shop = await WithCodeAsync(("attempt", "2"));
        var (code, wrong) = (await shop.CodeAsync(_phone), await shop.WrongCodeAsync(_phone));

        (await shop.VerifyAsync(_phone, wrong)).ShouldBeInvalidCode();
        (await shop.LastAsync(_phone)).Attempts.ShouldBe(1);
        (await shop.VerifyAsync(_phone, wrong)).ShouldBeExhausted();

        (await shop.VerifyAsync(_phone, code)).ShouldBeExhausted();
        (await shop.SendAsync(_phone)).ShouldBeSent();
    }

    [Fact]
    public async Task Tells_an_expired_code()
    {
        var shop = await WithCodeAsync();
        var code = await shop.CodeAsync(_phone);
        await shop.LetExpireAsync((await shop.LastAsync(_phone)).Id);

        (await shop.VerifyAsync(_phone, code)).ShouldBeExpired();
    }

    [Fact]
    public async Task Takes_a_cancelled_code_for_an_expired_one()
    {
        var shop = await WithCodeAsync();
        var code = await shop.CodeAsync(_phone);
        (await shop.CancelAsync((await shop.LastAsync(_phone)).Id)).Status.ShouldBe(System.Net.HttpStatusCode.OK);

        (await shop.VerifyAsync(_phone, code)).ShouldBeExpired();
        (await shop.SendAsync(_phone)).ShouldBeSent();
    }

    [Theory]
    [InlineData("undeliverable", "907", "Code is expired")]
    [InlineData("max_attempts", "904", "Maximum attempts exceeded")]
    public async Task Tells_why_a_code_failed(string reason, string code, string message)
    {
        var shop = await WithCodeAsync();
        await shop.FailedAsync((await shop.LastAsync(_phone)).Id, reason);

        (await shop.VerifyAsync(_phone, "123456")).ShouldSay("error", code, message);
    }

    [Fact]
    public async Task Is_refused_where_no_code_was_sent()
    {
        var shop = await GupshupShop.MakeAsync(_host);

        (await shop.VerifyAsync(_phone, "123456")).ShouldBeInvalidCode();
    }

    [Fact]
    public async Task Does_not_count_what_is_no_guess()
    {
        var shop = await WithCodeAsync();

        (await shop.VerifyAsync(_phone, " ")).ShouldBeInvalidCode();
        (await shop.FormAsync("verifyOTP", ("key", shop.Key), ("phone", _phone))).ShouldBeInvalidCode();
        (await shop.FormAsync("verifyOTP", ("key", shop.Key), ("phone", _phone), ("code", "1"), ("code", "2"))).ShouldBeInvalidCode();

        (await shop.LastAsync(_phone)).Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task Pads_a_code_that_comes_as_a_JSON_number()
    {
        var shop = await WithCodeAsync(("codeChars", "012"), ("codeLength", "9"));
        var code = await shop.CodeAsync(_phone);
        var number = int.Parse(code, System.Globalization.CultureInfo.InvariantCulture);

        (await shop.AskAsync(HttpMethod.Post, $"{GupshupShop.Root}/verifyOTP", Json($$"""{"key":"{{shop.Key}}","phone":{{_phone}},"code":{{number}}}"""), shop.Made.Key)).ShouldBeVerified();
    }

    [Fact]
    public async Task Ignores_the_case_of_letters_where_the_key_has_one_case_only()
    {
        var shop = await WithCodeAsync(("codeType", "Alphabetic"));

        (await shop.VerifyAsync(_phone, (await shop.CodeAsync(_phone)).ToLowerInvariant())).ShouldBeVerified();
    }

    [Fact]
    public async Task Minds_the_case_of_letters_where_the_key_has_both()
    {
        var shop = await WithCodeAsync(("codeChars", "vwxyz"));
        var code = await shop.CodeAsync(_phone);

        (await shop.VerifyAsync(_phone, code.ToUpperInvariant())).ShouldBeInvalidCode();
        (await shop.VerifyAsync(_phone, code)).ShouldBeVerified();
    }

    [Fact]
    public async Task At_the_same_moment_succeeds_once()
    {
        var shop = await WithCodeAsync();
        var code = await shop.CodeAsync(_phone);
        var one = await _host.FreshKestrelAsync();
        await using var two = new KestrelHost(_host);
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => http.GetStringAsync(
            $"{(i % 2 == 0 ? one : two).Address}apps/TwoFactorAuth/incoming.php?phone={_phone}&key={shop.Key}&code={code}")));

        answers.Count(a => a is "success | 200 | Code matched successfully and user has been verified").ShouldBe(1);
        answers.Count(a => a is "error | 903 | Invalid code").ShouldBe(199);
    }

    [Fact]
    public async Task Rests_after_too_many_wrong_codes_in_a_row()
    {
        var shop = await GupshupShop.MakeAsync(_host, limits: new { failedGuesses = 2 });
        await shop.SendAsync(_phone);
        var (code, wrong) = (await shop.CodeAsync(_phone), await shop.WrongCodeAsync(_phone));
        (await shop.VerifyAsync(_phone, wrong)).ShouldBeInvalidCode();
        (await shop.VerifyAsync(_phone, wrong)).ShouldBeInvalidCode();

        (await shop.VerifyAsync(_phone, code)).ShouldBeExhausted();
        (await shop.SendAsync(_phone)).ShouldSay("error", "905", "Retry period is not over");
    }

    private static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");

    private async Task<GupshupShop> WithCodeAsync(params (string Name, string Value)[] settings)
    {
        var shop = await GupshupShop.MakeAsync(_host, settings.ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal));
        (await shop.SendAsync(_phone)).ShouldBeSent();
        return shop;
    }
}
