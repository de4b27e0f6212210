using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Applications;

public class The_rules_of_the_settings
{
    private static readonly Dictionary<string, (ApplicationSettings Settings, string Problem)> Wrong = new(StringComparer.Ordinal)
    {
        ["From"] = (new() { From = "a\nb" }, "must be null or 3 to 15 characters"),
        ["Template"] = (new() { Template = "{{pin}}\0" }, "must be null or a text of up to 1600 characters with {{pin}}"),
        ["PinLength"] = (new() { PinLength = 11 }, "must be a whole number from 4 to 10"),
        ["PinAlphabet"] = (new() { PinAlphabet = "AABCDEFGHIJ" }, "must be null or 10 to 36 different characters of A to Z and 0 to 9"),
        ["Ttl"] = (new() { Ttl = 59 }, "must be a whole number from 60 to 1800"),
        ["MaxAttempts"] = (new() { MaxAttempts = 0 }, "must be a whole number from 1 to 10"),
        ["Plan"] = (new() { Plan = [.. Enumerable.Repeat(Channel.Sms, 7)] }, "must name at most 6 channels"),
        ["PlanWait"] = (new() { PlanWait = 14 }, "must be a whole number from 15 to 900"),
        ["ResendCooldown"] = (new() { ResendCooldown = 1801 }, "must be a whole number from 0 to 1800"),
        ["MaxResends"] = (new() { MaxResends = 11 }, "must be a whole number from 0 to 10"),
        ["OtpCallbackUrl"] = (new() { OtpCallbackUrl = "https://a/".PadRight(2049, 'a') }, "must have at most 2048 characters"),
        ["Events"] = (new() { Events = (PublishedEvents)7 }, "must be one of: none, status, all"),
        ["Scopes"] = (new() { Scopes = ["otp", "admin"] }, "must be of: otp, sms"),
        ["TokenLifetime"] = (new() { TokenLifetime = 604_801 }, "must be a whole number from 60 to 604800"),
        ["Limits:SendsPerHour"] = (With(new() { SendsPerHour = 0 }), "must be a whole number from 1 to 100000"),
        ["Limits:SendsPerDay"] = (With(new() { SendsPerDay = 100_001 }), "must be a whole number from 1 to 100000"),
        ["Limits:RetryPeriod"] = (With(new() { RetryPeriod = -1 }), "must be a whole number from 0 to 86400"),
        ["Limits:FailedGuesses"] = (With(new() { FailedGuesses = 0 }), "must be a whole number from 1 to 100000"),
        ["Limits:CoolOff"] = (With(new() { CoolOff = TimeSpan.FromSeconds(59) }), "must be from 00:01:00 to 30.00:00:00"),
        ["Limits:AllowedCountries"] = (With(new() { AllowedCountries = ["FR", "UK"] }), "names 'UK', which is no country"),
        ["Limits:SpendingPerDay"] = (With(new() { SpendingPerDay = -1 }), "must be from 0 to 1000000000"),
        ["Limits:RequestsPerMinute"] = (With(new() { RequestsPerMinute = 0 }), "must be a whole number from 1 to 10000000"),
    };

    public static TheoryData<string> Keys => [.. Wrong.Keys];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Name_the_key_and_what_it_must_be(string key)
    {
        var (name, problem) = SettingRules.Validate(Wrong[key].Settings).ShouldHaveSingleItem();

        name.ShouldBe(key);
        problem.ShouldStartWith(Wrong[key].Problem);
    }

    [Fact]
    public void Allow_the_defaults_and_lines_in_a_template()
    {
        SettingRules.Validate(new()).ShouldBeEmpty();
        SettingRules.Validate(new() { From = null, PinType = null, Template = "a\r\n\tb\f\u0085 {{pin}}" }).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(59, 2008)]
    [InlineData(60, 0)]
    [InlineData(1800, 0)]
    [InlineData(1801, 2009)]
    public void Are_those_of_a_request(int ttl, int code)
    {
        (Some.Validate($"\"ttl\":{ttl}").Error?.Code ?? 0).ShouldBe(code);
        SettingRules.Validate(new() { Ttl = ttl }).Any().ShouldBe(code > 0);
    }

    private static ApplicationSettings With(ApplicationLimits limits) => new() { Limits = limits };
}
