using System.Globalization;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Tests.CompatibleApis.Gupshup;

public sealed partial class Sending_a_code
{
    private readonly ApiHost _host;
    private readonly string _phone = GupshupShop.NextPhone();

    public Sending_a_code(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Makes_a_new_code_in_the_keys_message()
    {
        var shop = await GupshupShop.MakeAsync(_host);

        (await shop.SendAsync(_phone)).ShouldBeSent();

        var otp = await shop.LastAsync(_phone);
        var code = await shop.CodeAsync(_phone);
        code.Length.ShouldBe(6);
        code.ShouldAllBe(c => char.IsAsciiDigit(c));
        (await shop.TextAsync(_phone)).ShouldBe($"Code {code}");
        (otp.Ttl, otp.MaxAttempts).ShouldBe((200, 5));
        (otp.ExpiresAt - otp.CreatedAt).ShouldBe(TimeSpan.FromSeconds(200));
    }

    [Fact]
    public async Task Sends_a_live_code_again_as_it_is()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        (await shop.SendAsync(_phone)).ShouldBeSent();
        var code = await shop.CodeAsync(_phone);
        var otp = (await shop.OtpsAsync(_phone)).ShouldHaveSingleItem();
        await shop.DeliveredAsync(otp.Id);

        (await shop.SendAsync(_phone)).ShouldBeSentAgain();

        (await shop.OtpsAsync(_phone)).ShouldHaveSingleItem().ExpiresAt.ShouldBe(otp.ExpiresAt);
        (await shop.CodeAsync(_phone)).ShouldBe(code);
        (await shop.DeliveriesAsync(otp.Id)).ShouldBe(2);
    }

    [Fact]
    public async Task Makes_a_new_code_after_one_that_expired()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        await shop.SendAsync(_phone);
        await shop.LetExpireAsync((await shop.LastAsync(_phone)).Id);

        (await shop.SendAsync(_phone)).ShouldSay("success", "103", "Previous code is expired and new code was sent to the user again");

        (await shop.OtpsAsync(_phone)).Count.ShouldBe(2);
        (await shop.VerifyAsync(_phone, await shop.CodeAsync(_phone))).ShouldBeVerified();
        (await shop.SendAsync(_phone)).ShouldBeSent();
    }

    [Fact]
    public async Task Is_refused_within_the_keys_retry_period()
    {
        var shop = await GupshupShop.MakeAsync(_host, new(StringComparer.Ordinal) { ["retryPeriod"] = "60" });
        (await shop.SendAsync(_phone)).ShouldBeSent();

        var again = (await shop.SendAsync(_phone)).ShouldSay("error", "905", "Retry period is not over");

        int.Parse(again["Retry-After"]!, CultureInfo.InvariantCulture).ShouldBeInRange(50, 60);
        var otp = (await shop.OtpsAsync(_phone)).ShouldHaveSingleItem();
        (await shop.DeliveriesAsync(otp.Id)).ShouldBe(1);

        // Also a new one, once the first is used.
        (await shop.VerifyAsync(_phone, await shop.CodeAsync(_phone))).ShouldBeVerified();
        (await shop.SendAsync(_phone)).ShouldSay("error", "905", "Retry period is not over");
    }

    [Fact]
    public async Task Is_counted_by_the_limits_of_the_recipient_each_time()
    {
        var shop = await GupshupShop.MakeAsync(_host, limits: new { sendsPerHour = 2 });
        (await shop.SendAsync(_phone)).ShouldBeSent();
        (await shop.SendAsync(_phone)).ShouldBeSentAgain();

        (await shop.SendAsync(_phone)).ShouldSay("error", "905", "Retry period is not over");
    }

    [Theory]
    [InlineData("Numeric", "0123456789", "4", "^[0-9]{4}$")]
    [InlineData("Alphabetic", "0123456789", "10", "^[A-Z]{10}$")]
    [InlineData("Alphanumeric", "0123456789", "8", "^[A-Z0-9]{8}$")]
    [InlineData("Numeric", "xyz", "9", "^[xyz]{9}$")]
    public async Task Makes_the_code_of_what_the_key_says(string type, string characters, string length, string form)
    {
        var shop = await GupshupShop.MakeAsync(
            _host, new(StringComparer.Ordinal) { ["codeType"] = type, ["codeChars"] = characters, ["codeLength"] = length });

        (await shop.SendAsync(_phone)).ShouldBeSent();

        var code = await shop.CodeAsync(_phone);
        code.ShouldMatch(form);
        (await shop.VerifyAsync(_phone, code)).ShouldBeVerified();
    }

    [Theory]
    [InlineData("30")]
    [InlineData("86400")]
    public async Task Lets_the_code_live_as_long_as_the_key_says(string seconds)
    {
        var shop = await GupshupShop.MakeAsync(_host, new(StringComparer.Ordinal) { ["codeExpiry"] = seconds });

        (await shop.SendAsync(_phone)).ShouldBeSent();

        var otp = await shop.LastAsync(_phone);
        (otp.ExpiresAt - otp.CreatedAt).ShouldBe(TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Leaves_what_another_api_takes_for_a_placeholder_as_it_is()
    {
        var shop = await GupshupShop.MakeAsync(_host, new(StringComparer.Ordinal) { ["message"] = "{{pin}} %code% {{pin}} %code%\nbye" });

        (await shop.SendAsync(_phone)).ShouldBeSent();

        var code = await shop.CodeAsync(_phone);
        (await shop.TextAsync(_phone)).ShouldBe($$$"""{{pin}} {{{code}}} {{pin}} {{{code}}}""" + "\nbye");
    }

    [Fact]
    public async Task At_the_same_moment_makes_one_code()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        var one = await _host.FreshKestrelAsync();
        await using var two = new KestrelHost(_host);
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => http.GetStringAsync(
            $"{(i % 2 == 0 ? one : two).Address}apps/TwoFactorAuth/incoming.php?phone={_phone}&key={shop.Key}")));

        (await shop.OtpsAsync(_phone)).ShouldHaveSingleItem();
        answers.Count(a => a is "success | 100 | New code generated and code was sent the user").ShouldBe(1);
        answers.Count(
            a => a is "success | 101 | User already in the system and code was sent to the user again" or "error | 905 | Retry period " +
                "is not over").ShouldBe(199);
        answers.ShouldContain(a => a.StartsWith("success | 101", StringComparison.Ordinal));
    }

    [Fact]
    public async Task At_the_same_moment_within_a_retry_period_sends_one_message()
    {
        var shop = await GupshupShop.MakeAsync(_host, new(StringComparer.Ordinal) { ["retryPeriod"] = "60" });

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => shop.LineAsync($"phone={_phone}")));

        (await shop.DeliveriesAsync((await shop.OtpsAsync(_phone)).ShouldHaveSingleItem().Id)).ShouldBe(1);
        answers.Count(a => a.Text is "success | 100 | New code generated and code was sent the user").ShouldBe(1);
        answers.Count(a => a.Text is "error | 905 | Retry period is not over").ShouldBe(199);
    }

    [Fact]
    public async Task Is_asked_for_with_the_bytes_of_a_node_client()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        var server = await _host.FreshKestrelAsync();
        var form = $"key={shop.Key}&phone={_phone}";

        var answer = await GupshupShop.RawAsync(
            server.Address,
            $"POST /sm/api/ent/sms/2fa/sendOTP HTTP/1.1\r\napikey: {shop.Made.Key}\r\nhost: " +
            $"{server.Address.Authority}\r\ncontent-type: application/x-www-form-urlencoded\r\n"
            + $"content-length: {form.Length}\r\nConnection: close\r\n\r\n{form}");

        answer.ShouldStartWith("HTTP/1.1 200 OK\r\n");
        answer.ShouldContain("\r\nContent-Type: application/json\r\n");
        answer.ShouldEndWith(
            "\r\n\r\n" + """{"status":"success","code":"100","message":"New code generated and code was sent the user"}""");
    }

    [Theory]
    [InlineData("key")]
    [InlineData("\"key\"")]
    public async Task Is_asked_for_with_a_form_in_parts_as_PHP_sends_an_array(string name)
    {
        var shop = await GupshupShop.MakeAsync(_host);
        using var form = new MultipartFormDataContent(
            "------------------------8c0e7f9bd1a2") { { new StringContent(shop.Key), name }, { new StringContent(_phone), "phone" } };

        (await shop.AskAsync(HttpMethod.Post, "/sm/api/ent/sms/2fa/sendOTP", form, shop.Made.Key)).ShouldBeSent();
    }

    [Fact]
    public async Task To_one_recipient_of_two_applications_makes_two_codes()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        var other = await GupshupShop.MakeAsync(_host);
        (await shop.SendAsync(_phone)).ShouldBeSent();

        (await other.SendAsync(_phone)).ShouldBeSent();

        (await other.VerifyAsync(_phone, await other.CodeAsync(_phone))).ShouldBeVerified();
        (await shop.VerifyAsync(_phone, await shop.CodeAsync(_phone))).ShouldBeVerified();
    }

    [Fact]
    public async Task By_the_native_api_is_another_matter()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        await shop.SendAsync(_phone);

        (await _host.Client(shop.Made.Tenant).RequestAsync(new { phoneNumber = "+" + _phone })).Status
            .ShouldBe(System.Net.HttpStatusCode.Created);

        var otps = await shop.OtpsAsync(_phone);
        otps.Count.ShouldBe(2);
        (await shop.VerifyAsync(_phone, await _host.PinOfAsync(otps[0].Id))).ShouldBeVerified();
        (await shop.OtpsAsync(_phone))[1].Status.ShouldBe(OtpStatus.Pending);
    }
}
