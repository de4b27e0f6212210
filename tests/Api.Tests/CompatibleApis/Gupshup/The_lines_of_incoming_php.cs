using System.Net;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.Tests.CompatibleApis.Gupshup;

public sealed class The_lines_of_incoming_php
{
    private const string Sent = "success | 100 | New code generated and code was sent the user";
    private const string SentAgain = "success | 101 | User already in the system and code was sent to the user again";
    private const string Verified = "success | 200 | Code matched successfully and user has been verified";
    private readonly ApiHost _host;
    private readonly string _phone = GupshupShop.NextPhone();

    public The_lines_of_incoming_php(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Are_those_that_callers_compare()
    {
        var shop = await GupshupShop.MakeAsync(_host, new(StringComparer.Ordinal) { ["attempt"] = "2" });

        (await shop.LineAsync($"phone={_phone}")).ShouldRead(Sent);
        (await shop.LineAsync($"phone={_phone}")).ShouldRead(SentAgain);
        (await shop.LineAsync($"phone={_phone}&code={await shop.WrongCodeAsync(_phone)}")).ShouldRead("error | 903 | Invalid code");
        (await shop.LineAsync($"phone={_phone}&code={await shop.CodeAsync(_phone)}")).ShouldRead(Verified);
        (await shop.LineAsync($"phone={_phone}")).ShouldRead(Sent);
        await shop.LetExpireAsync((await shop.LastAsync(_phone)).Id);
        (await shop.LineAsync($"phone={_phone}&code=123456")).ShouldRead("error | 907 | Code is expired");
        (await shop.LineAsync($"phone={_phone}"))
            .ShouldRead("success | 103 | Previous code is expired and new code was sent to the user again");
        (await shop.LineAsync($"phone={_phone}&code={await shop.WrongCodeAsync(_phone)}")).ShouldRead("error | 903 | Invalid code");
        (await shop.LineAsync($"phone={_phone}&code={await shop.WrongCodeAsync(_phone)}"))
            .ShouldRead("error | 904 | Maximum attempts exceeded");
        (await shop.LineAsync("phone=12")).ShouldRead("error | 902 | Invalid phone number");
        (await shop.LineAsync($"phone={_phone}&key={new string('0', 32)}")).ShouldRead("error | 901 | Invalid credentials");
    }

    [Fact]
    public async Task Have_a_JSON_form()
    {
        var shop = await GupshupShop.MakeAsync(_host);

        (await shop.LineAsync($"phone={_phone}&format=JSON")).ShouldBeSent();
        (await shop.LineAsync($"phone={_phone}&code=0&format=json")).ShouldBeInvalidCode();
        (await shop.LineAsync($"phone={_phone}&format=json&key=x")).ShouldBeStranger();
        (await shop.LineAsync($"phone={_phone}&code={await shop.CodeAsync(_phone)}&format=xml")).ShouldRead(Verified);
    }

    [Fact]
    public async Task Need_no_body_to_be_sent()
    {
        var shop = await GupshupShop.MakeAsync(_host);

        var answer = await shop.LineAsync($"phone={_phone}", HttpMethod.Head);

        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Text.ShouldBeEmpty();
        answer["Content-Type"].ShouldBe("text/plain");
        answer["Content-Length"].ShouldBe($"{Sent.Length}");
        (await shop.OtpsAsync(_phone)).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("//apps/TwoFactorAuth/incoming.php")]
    [InlineData("/apps//TwoFactorAuth/incoming.php")]
    [InlineData("/apps/TwoFactorAuth//incoming.php")]
    [InlineData("///apps////TwoFactorAuth//incoming.php")]
    [InlineData("/APPS/twofactorauth/Incoming.PHP")]
    public async Task Are_found_behind_doubled_slashes(string path)
    {
        var shop = await GupshupShop.MakeAsync(_host);
        var server = await _host.FreshKestrelAsync();

        var answer = await GupshupShop.RawAsync(
            server.Address,
            $"GET {path}?phone={_phone}&key={shop.Key} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nConnection: close\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 200 OK\r\n");
        answer.ShouldContain("\r\nContent-Type: text/plain\r\n");
        answer.ShouldEndWith("\r\n\r\n" + Sent);
    }

    [Fact]
    public async Task Come_for_an_email_address_too()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        var email = $"someone{_phone}@Mail.example";
        EmailAddress.TryParse(email, out var address).ShouldBeTrue();

        (await shop.LineAsync($"email={email}")).ShouldRead(Sent);
        (await shop.LineAsync($"phone=&email={email}")).ShouldRead(SentAgain);

        var otp = (await shop.OtpsAsync(Recipient.From(address!))).ShouldHaveSingleItem();
        otp.Channel.ShouldBe(Channel.Email);
        (await shop.LineAsync($"email={email}&code={await _host.PinOfAsync(otp.Id)}")).ShouldRead(Verified);
        (await shop.LineAsync("email=nobody")).ShouldRead("error | 902 | Invalid email address");
    }

    [Fact]
    public async Task Go_to_the_phone_where_both_are_named()
    {
        var shop = await GupshupShop.MakeAsync(_host);

        (await shop.LineAsync($"phone={_phone}&email=a@mail.example")).ShouldRead(Sent);

        (await shop.LastAsync(_phone)).Channel.ShouldBe(Channel.Sms);
    }

    [Fact]
    public async Task Send_nothing_to_a_user_who_typed_nothing()
    {
        var shop = await GupshupShop.MakeAsync(_host);

        (await shop.LineAsync($"phone={_phone}&code=")).ShouldRead("error | 903 | Invalid code");

        (await shop.OtpsAsync(_phone)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Refuse_a_field_that_comes_twice()
    {
        var shop = await GupshupShop.MakeAsync(_host);

        (await shop.LineAsync($"phone={_phone}&phone={_phone}")).ShouldRead("error | 902 | Invalid phone number");
        (await shop.LineAsync($"phone={_phone}&phone={_phone}&email=a@mail.example")).ShouldRead("error | 902 | Invalid phone number");
        (await shop.LineAsync($"phone={_phone}&key={shop.Key}&key={shop.Key}")).ShouldRead("error | 901 | Invalid credentials");
        (await shop.LineAsync($"phone={_phone}&code=1&code=2")).ShouldRead("error | 903 | Invalid code");
        (await shop.OtpsAsync(_phone)).ShouldBeEmpty();
    }
}
