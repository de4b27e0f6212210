using System.Net;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Otps;

public sealed class An_otp_request_that_is_refused
{
    private const string Phone = "\"phoneNumber\":\"+33612246400\"";
    private readonly ApiHost _host;
    private readonly ApiClient _client;

    public An_otp_request_that_is_refused(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client(host.Shop);
    }

    public static TheoryData<string, string, int, string> Rows => new()
    {
        { "{}", "invalid_param", 2001, "The parameter 'phoneNumber' is empty or not set" },
        { """{"phoneNumber":""}""", "invalid_param", 2001, "The parameter 'phoneNumber' is empty or not set" },
        { """{"phoneNumber":null}""", "invalid_param", 2001, "The parameter 'phoneNumber' is empty or not set" },
        { """{"phoneNumber":"0612246400"}""", "invalid_param", 2002, "The parameter 'countryIso' is empty or not set, and " +
            "'phoneNumber' is not international: it does not begin with '+'" },
        { """{"phoneNumber":"07400123456","countryIso":"UK"}""", "invalid_param", 2003, "Country ISO provided is invalid" },
        { $$"""{{{Phone}},"from":""}""", "invalid_param", 2004, "The parameter 'from' is empty or not set" },
        { $$"""{{{Phone}},"from":"ab"}""", "invalid_param", 2005, "The parameter 'from' is not valid (min 3, max 15 characters)" },
        { $$"""{{{Phone}},"from":"1234567890123456"}""", "invalid_param", 2005, "The parameter 'from' is not valid (min 3, max 15 " +
            "characters)" },
        { $$"""{{{Phone}},"from":"ab\u0000cd"}""", "invalid_param", 2005, "The parameter 'from' is not valid (min 3, max 15 characters)" },
        { $$"""{{{Phone}},"template":""}""", "invalid_param", 2006, "The parameter 'template' is empty or not set" },
        { $$"""{{{Phone}},"template":"no place"}""", "invalid_param", 2006, "The parameter 'template' does not contain placeholder " +
            "{{pin}}" },
        { $$"""{{{Phone}},"ttl":"abc"}""", "invalid_param", 2007, "The parameter 'ttl' is not a number" },
        { $$"""{{{Phone}},"ttl":[60]}""", "invalid_param", 2007, "The parameter 'ttl' is not a number" },
        { $$"""{{{Phone}},"ttl":59}""", "invalid_param", 2008, "Min value for 'ttl' is 60 seconds" },
        { $$"""{{{Phone}},"ttl":1801}""", "invalid_param", 2009, "Max value for 'ttl' is 1800 seconds (30 mins)" },
        { $$"""{{{Phone}},"ttl":1e300}""", "invalid_param", 2009, "Max value for 'ttl' is 1800 seconds (30 mins)" },
        { $$"""{{{Phone}},"maxAttempts":true}""", "invalid_param", 2010, "The parameter 'maxAttempts' is not a number" },
        { $$"""{{{Phone}},"maxAttempts":0}""", "invalid_param", 2011, "Min value for 'maxAttempts' is 1" },
        { $$"""{{{Phone}},"maxAttempts":"11"}""", "invalid_param", 2012, "Max value for 'maxAttempts' is 10" },
        { $$"""{{{Phone}},"pinType":""}""", "invalid_param", 2013, "The parameter 'pinType' is empty or not set" },
        { $$"""{{{Phone}},"pinType":"hex"}""", "invalid_param", 2014, "Invalid parameter 'pinType'. Must be one of: letters, numbers, " +
            "alphanumeric" },
        { $$"""{{{Phone}},"pinLength":"4.5"}""", "invalid_param", 2015, "The parameter 'pinLength' is not a number" },
        { $$"""{{{Phone}},"pinLength":3}""", "invalid_param", 2016, "Min value for 'pinLength' is 4" },
        { $$"""{{{Phone}},"pinLength":11}""", "invalid_param", 2017, "Max value for 'pinLength' is 10" },
        { $$"""{{{Phone}},"trackId":"123"}""", "invalid_param", 2018, "Track ID provided (parameter 'trackId') is not a valid UUID " +
            "(v1-v5)" },
        { $$"""{{{Phone}},"otpCallbackUrl":"ftp://example.com/x"}""", "invalid_param", 2019, "The parameter 'otpCallbackUrl' is not a " +
            "valid URL" },
        { $$"""{{{Phone}},"otpCallbackUrl":"http://169.254.169.254/"}""", "invalid_param", 2019, "The parameter 'otpCallbackUrl' " +
            "leads into 169.254.0.0/16, which callbacks may not reach unless the server's setting Callbacks:AllowedNetworks names it" },
        { """{"phoneNumber":"+3361"}""", "invalid_param", 2020, "The phone number provided is invalid" },
        { """{"phoneNumber":6.1224640e8,"countryIso":"FR"}""", "invalid_param", 2020, "The phone number provided is invalid" },
        { """{"phoneNumber":"+33 6 12 24 64 00 ext. 5"}""", "invalid_param", 2020, "The parameter 'phoneNumber' has an extension, " +
            "which no message reaches: send the number without it" },
        { """{"phoneNumber":{"a":1}}""", "invalid_param", 2020, "The phone number provided is invalid" },
        { """{"phoneNumber":"+3361","ttl":1}""", "invalid_param", 2008, "Min value for 'ttl' is 60 seconds" },
        { $$"""{{{Phone}},"channel":"fax"}""", "invalid_param", 2102, "Invalid parameter 'channel'. Must be one of: sms, email, " +
            "telegram, call, whatsapp, ussd" },
        { """{"channel":"email"}""", "invalid_param", 2103, "The parameter 'email' is empty or not set" },
        { """{"channel":"email","email":"nobody"}""", "invalid_param", 2103, "The parameter 'email' is not a valid e-mail address" },
        { """{"channel":"telegram"}""", "invalid_param", 2104, "The parameter 'chatId' is empty or not set" },
        { """{"channel":"telegram","chatId":"a b"}""", "invalid_param", 2104, "The parameter 'chatId' is not a valid Telegram chat id" },
        { $$"""{{{Phone}},"locale":"français"}""", "invalid_param", 2105, "The parameter 'locale' is not a valid language tag, such " +
            "as fr-CH" },
        { $$"""{{{Phone}},"metadata":[1]}""", "invalid_param", 2105, "The parameter 'metadata' must be an object of at most 20 texts " +
            "(names up to 40, values up to 500 characters)" },
        { """{"phoneNumber":"+33612246400","metadata":{"a":"\u0000"}}""", "invalid_param", 2105, "The parameter 'metadata' must be an " +
            "object of at most 20 texts (names up to 40, values up to 500 characters)" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Says_the_documented_sentence(string body, string type, int code, string message)
    {
        var answer = await _client.RequestAsync(body);

        answer.ShouldBeRefused(400, type, code, message);
    }

    [Theory]
    [InlineData("{}", 2001, "The parameter 'phoneNumber' is empty or not set")]
    [InlineData(
        """{"phoneNumber":"+33612246400","template":"{{pin}}","pinType":"numbers"}""", 2004, "The parameter 'from' is empty or not set")]
    [InlineData(
        """{"phoneNumber":"+33612246400","from":"Shop","pinType":"numbers"}""", 2006, "The parameter 'template' is empty or not set")]
    [InlineData(
        """{"phoneNumber":"+33612246400","from":"Shop","template":"{{pin}}"}""", 2013, "The parameter 'pinType' is empty or not set")]
    public async Task Says_what_neither_the_request_nor_the_application_has(string body, int code, string message)
    {
        var answer = await _host.Client(_host.Strict).RequestAsync(body);

        answer.ShouldBeRefused(400, "invalid_param", code, message);
    }

    [Fact]
    public async Task Says_that_a_country_is_not_served()
    {
        var answer = await _host.Client(_host.Strict)
            .RequestAsync(new { phoneNumber = "+41446681800", from = "Shop", template = "{{pin}}", pinType = "numbers" });

        answer.ShouldBeRefused(403, "no_coverage", 2112, "The country of the phone number is not served for this application");
    }

    [Theory]
    [InlineData("sms")]
    [InlineData("call")]
    public async Task Says_that_premium_numbers_are_not_served(string channel)
    {
        var answer = await _client.RequestAsync(new { phoneNumber = "+33 891 12 34 56", channel });

        answer.ShouldBeRefused(
            403, "no_coverage", 2115,
            "Premium-rate and shared-cost numbers are not served on 'sms' and 'call' for this application: send another 'phoneNumber'");
    }

    [Fact]
    public async Task Says_that_the_days_spending_limit_is_reached_and_that_a_recipient_had_enough()
    {
        var client = _host.Client(_host.Strict);
        var often = new { phoneNumber = Recipients.Next(), channel = "ussd", from = "Shop", template = "{{pin}}", pinType = "letters" };
        (await client.RequestAsync(often)).Status.ShouldBe(HttpStatusCode.Created);
        (await client.RequestAsync(often)).Status.ShouldBe(HttpStatusCode.Created);

        var tooOften = await client.RequestAsync(often);
        tooOften.ShouldBeRefused(429, "rate_limit", 2122, "Too many OTPs were requested for this recipient in one hour");
        int.Parse(tooOften["Retry-After"]!).ShouldBeInRange(3590, 3600);
        long.Parse(tooOften["X-Rate-Limit-Reset"]!).ShouldBeGreaterThan(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3000);

        // 0.1 is spent; one SMS at 0.1 more fits exactly, the next does not.
        (await client.RequestAsync(often with { phoneNumber = Recipients.Next(), channel = "sms" })).Status
            .ShouldBe(HttpStatusCode.Created);
        var tooMuch = await client.RequestAsync(often with { phoneNumber = Recipients.Next(), channel = "sms" });
        tooMuch.ShouldBeRefused(400, "insufficient_credit", 2113, "The spending limit of the application is reached for today");
    }

    [Fact]
    public async Task Stores_nothing()
    {
        foreach (var row in Rows)
        {
            await _host.Client(_host.Refused).RequestAsync(row.Data.Item1);
        }

        (await _host.QueryAsync(db => db.Otps.CountAsync(o => o.ApplicationId == _host.Refused.Id))).ShouldBe(0);
    }
}
