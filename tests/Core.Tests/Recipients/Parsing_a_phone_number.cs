using OtpPipeline.Core.Recipients;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Recipients;

public class Parsing_a_phone_number
{
    [Theory]
    [InlineData("+33612246400")]
    [InlineData("+33 6 12 24 64 00")]
    [InlineData("+33-6.12/24 (64) [00]")]
    [InlineData("+33(0)612246400")]
    [InlineData("+33\u00A06\u201012\u201324\u20146400")]
    [InlineData("\uFF0B\uFF13\uFF13\uFF16\uFF11\uFF12\uFF12\uFF14\uFF16\uFF14\uFF10\uFF10")]
    [InlineData("+\u0663\u0663\u0666\u0661\u0662\u0662\u0664\u0666\u0664\u0660\u0660")]
    public void E164_is_read_through_its_separators_and_scripts(string text) => Valid(text, null).ShouldBe("+33612246400 FR");

    [Theory]
    [InlineData("(+33) 6 12 24 64 00")]
    [InlineData("(+33)612246400")]
    [InlineData("++33612246400")]
    [InlineData("\u202A+33 6 12 24 64 00\u202C")]
    [InlineData("\u200E+33612246400\u200F")]
    [InlineData("\u2066+33612246400\u2069")]
    [InlineData("+33612246400\n")]
    [InlineData("tel:+33612246400")]
    [InlineData("tel:+33-6-12-24-64-00")]
    [InlineData("TEL:+33612246400")]
    [InlineData("tel:0612246400;phone-context=+33")]
    [InlineData("tel:+33612246400;isub=1")]
    [InlineData("Mobile: +33 6 12 24 64 00")]
    public void A_number_is_read_as_people_paste_it(string text) => Valid(text, null).ShouldBe("+33612246400 FR");

    // To the library letters are keys of a telephone: the first two would become +4965368262662453 and +971800140662453.
    [Theory]
    [InlineData("+49 6536 8262 (mobile)")]
    [InlineData("+971800140 (mobile)")]
    [InlineData("+33612246400 home")]
    [InlineData("+1 800 FLOWERS")]
    [InlineData("tel:+49 6536 8262 (mobile);isub=1")]
    [InlineData("6536 8262 (mobile);phone-context=+49")]
    public void A_word_after_or_within_a_number_does_not_make_it_another_one(string text) =>
        PhoneNumber.Parse(text, null).ShouldBeOfType<PhoneParseResult.NumberInvalid>();

    [Theory]
    [InlineData("tel:06-12-24-64-00")]
    [InlineData("\u202D06 12 24 64 00\u202C")]
    [InlineData("(06) 12 24 64 00.")]
    public void A_national_number_is_too(string text) => Valid(text, "FR").ShouldBe("+33612246400 FR");

    [Theory]
    [InlineData("+33612246400 ext 5")]
    [InlineData("+33612246400 ext. 1234")]
    [InlineData("+33612246400;ext=5")]
    [InlineData("tel:+33612246400;ext=5")]
    [InlineData("+33612246400x5")]
    [InlineData("+33612246400#5")]
    [InlineData("+33612246400,,5")]
    public void An_extension_is_told_from_a_wrong_number(string text) =>
        PhoneNumber.Parse(text, null).ShouldBeOfType<PhoneParseResult.ExtensionGiven>();

    [Theory]
    [InlineData("+3361224640 ext 5")]
    [InlineData("ext 5")]
    public void A_wrong_number_with_an_extension_is_a_wrong_number(string text) =>
        PhoneNumber.Parse(text, null).ShouldBeOfType<PhoneParseResult.NumberInvalid>();

    [Theory]
    [InlineData("33612246400", "+33612246400")]
    [InlineData("+33612246400", "+33612246400")]
    [InlineData("(33) 612246400", "(+33) 612246400")]
    [InlineData("tel:33612246400", "tel:+33612246400")]
    [InlineData("\uFF0B33612246400", "\uFF0B33612246400")]
    [InlineData("", "+")]
    [InlineData("none", "none+")]
    public void A_plus_sign_that_callers_leave_out_is_put_before_the_first_digit(string text, string expected) =>
        PhoneNumber.WithPlus(text).ShouldBe(expected);

    [Theory]
    [InlineData("06 12 24 64 00", "FR", "+33612246400 FR")]
    [InlineData("06 12 24 64 00", "fr", "+33612246400 FR")]
    [InlineData("07400 123456", "GB", "+447400123456 GB")]
    [InlineData("(213) 373-4253", "US", "+12133734253 US")]
    [InlineData("8 (916) 123-45-67", "RU", "+79161234567 RU")]
    [InlineData("098765 43210", "IN", "+919876543210 IN")]
    public void National_numbers_lose_their_prefix(string text, string country, string expected) => Valid(text, country).ShouldBe(expected);

    [Theory]
    [InlineData("02 1234 5678", "+390212345678 IT")]
    [InlineData("312 345 6789", "+393123456789 IT")]
    public void Italy_keeps_its_leading_zero(string text, string expected) => Valid(text, "IT").ShouldBe(expected);

    [Theory]
    [InlineData("011 15-2345-6789", "+5491123456789 AR")]
    [InlineData("11 2345-6789", "+541123456789 AR")]
    [InlineData("+54 9 11 2345-6789", "+5491123456789 AR")]
    public void Argentina_writes_15_at_home_and_9_abroad_for_its_mobiles(string text, string expected) =>
        Valid(text, "AR").ShouldBe(expected);

    [Fact]
    public void Mexico_has_ten_digits_and_no_1_since_2019()
    {
        Valid("55 1234 5678", "MX").ShouldBe("+525512345678 MX");
        PhoneNumber.Parse("+5215512345678", null).ShouldBeOfType<PhoneParseResult.NumberInvalid>();
    }

    [Fact]
    public void Brazil_loses_its_carrier_code() => Valid("0 15 11 96123-4567", "BR").ShouldBe("+5511961234567 BR");

    [Fact]
    public void San_Marino_gets_the_area_code_that_a_local_number_leaves_out() => Valid("886377", "SM").ShouldBe("+3780549886377 SM");

    [Theory]
    [InlineData("+16135550123", "CA")]
    [InlineData("+12133734253", "US")]
    [InlineData("+77012345678", "KZ")]
    [InlineData("+79161234567", "RU")]
    [InlineData("+447924123456", "GB")]
    [InlineData("+447911123456", "GG")]
    [InlineData("+447797712345", "JE")]
    [InlineData("+447624123456", "IM")]
    [InlineData("+390669812345", "VA")]
    [InlineData("+4779123456", "SJ")]
    [InlineData("+18005551234", "US")]
    public void Countries_on_one_calling_code_are_told_apart(string text, string expected) =>
        Valid(text, null).ShouldBe($"{text} {expected}");

    [Theory]
    [InlineData("07797 712345", "GB", "+447797712345 JE")]
    [InlineData("(613) 555-0123", "US", "+16135550123 CA")]
    public void The_number_decides_its_country_not_the_caller(string text, string country, string expected) =>
        Valid(text, country).ShouldBe(expected);

    [Theory]
    [InlineData("UK")]
    [InlineData("ZZ")]
    [InlineData("")]
    [InlineData("Deutschland")]
    public void The_country_is_ignored_beside_E164(string country) => Valid("+33612246400", country).ShouldBe("+33612246400 FR");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public void A_national_number_needs_its_country(string? country)
    {
        PhoneNumber.Parse("0612246400", country).ShouldBeOfType<PhoneParseResult.CountryMissing>();
        PhoneNumber.Parse("0033612246400", country).ShouldBeOfType<PhoneParseResult.CountryMissing>();
    }

    [Theory]
    [InlineData("UK")]
    [InlineData("ZZ")]
    [InlineData("F")]
    [InlineData("FRA")]
    [InlineData(" FR")]
    [InlineData("33")]
    public void A_country_that_is_none_is_refused(string country)
    {
        PhoneNumber.Parse("0612246400", country).ShouldBeOfType<PhoneParseResult.CountryInvalid>();
        PhoneNumber.Parse("nothing", country).ShouldBeOfType<PhoneParseResult.CountryInvalid>();
        PhoneNumber.IsKnownCountry(country).ShouldBeFalse();
    }

    [Theory]
    [InlineData("FR")]
    [InlineData("gb")]
    [InlineData("XK")]
    public void Known_countries_are_known_in_any_case(string country) => PhoneNumber.IsKnownCountry(country).ShouldBeTrue();

    [Fact]
    public void Two_zeros_are_a_plus_only_where_they_are_dialled()
    {
        Valid("00 44 7400 123456", "FR").ShouldBe("+447400123456 GB");
        Valid("011 44 7400 123456", "US").ShouldBe("+447400123456 GB");
        PhoneNumber.Parse("00447400123456", "US").ShouldBeOfType<PhoneParseResult.NumberInvalid>();
    }

    [Fact]
    public void A_forgotten_plus_is_forgiven_beside_its_country() => Valid("33612246400", "FR").ShouldBe("+33612246400 FR");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("+")]
    [InlineData("+33")]
    [InlineData("nothing")]
    [InlineData("+336122464000")]
    [InlineData("+3361224640")]
    [InlineData("+33012246400")]
    [InlineData("+33612\0246400")]
    [InlineData("+33612246400,33612246401")]
    [InlineData("order 4711 +33612246400")]
    [InlineData("+999123456789")]
    [InlineData("+0033612246400")]
    public void What_is_no_number_is_refused(string? text) =>
        PhoneNumber.Parse(text, null).ShouldBeOfType<PhoneParseResult.NumberInvalid>();

    [Theory]
    [InlineData("+80012345678")]
    [InlineData("+870773111632")]
    [InlineData("+881612345678")]
    public void Codes_of_no_country_are_refused(string text) =>
        PhoneNumber.Parse(text, null).ShouldBeOfType<PhoneParseResult.NumberInvalid>();

    [Fact]
    public void A_text_of_any_length_is_answered() =>
        PhoneNumber.Parse("+" + new string('3', 1_000_000), null).ShouldBeOfType<PhoneParseResult.NumberInvalid>();

    private static string Valid(string text, string? country)
    {
        var number = PhoneNumber.Parse(text, country).ShouldBeOfType<PhoneParseResult.Ok>().Number;
        return $"{number.E164} {number.CountryIso}";
    }
}
