using System.Text.Json;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps.Requests;

public class Refusing_a_request
{
    private static readonly ApplicationSettings Bare = new() { From = null, Template = null, PinType = null };

    // Valid values for what the settings of Bare leave open.
    private const string Rest = "\"from\":\"Info\",\"template\":\"{{pin}}\",\"pinType\":\"numbers\"";

    [Theory]
    [InlineData(2001, "")]
    [InlineData(2001, "\"phoneNumber\":\"\"")]
    [InlineData(2001, "\"phoneNumber\":\"  \"")]
    [InlineData(2001, "\"phoneNumber\":null")]
    [InlineData(2002, "\"phoneNumber\":\"0612246400\"")]
    [InlineData(2002, "\"phoneNumber\":\"0612246400\",\"countryIso\":\"\"")]
    [InlineData(2003, "\"phoneNumber\":\"0612246400\",\"countryIso\":\"UK\"")]
    [InlineData(2003, "\"phoneNumber\":\"0612246400\",\"countryIso\":{}")]
    [InlineData(2020, "\"phoneNumber\":\"+336122464xx\"")]
    [InlineData(2020, "\"phoneNumber\":[1]")]
    [InlineData(2020, "\"phoneNumber\":6.1224640e8,\"countryIso\":\"FR\"")]
    [InlineData(2020, "\"phoneNumber\":\"+33612246400 ext. 5\"")]
    [InlineData(0, "\"phoneNumber\":612246400,\"countryIso\":\"FR\"")]
    [InlineData(2020, "\"phoneNumber\":\"not-a-phone\"")]
    [InlineData(2102, "\"channel\":\"fax\",\"phoneNumber\":\"+33612246400\"")]
    [InlineData(2102, "\"channel\":\"\",\"phoneNumber\":\"+33612246400\"")]
    [InlineData(2102, "\"channel\":[],\"phoneNumber\":\"+33612246400\"")]
    [InlineData(2103, "\"channel\":\"email\",\"phoneNumber\":\"+33612246400\"")]
    [InlineData(2103, "\"channel\":\"email\",\"email\":\"nobody\"")]
    [InlineData(2103, "\"channel\":\"email\",\"email\":{}")]
    [InlineData(2104, "\"channel\":\"telegram\"")]
    [InlineData(2104, "\"channel\":\"telegram\",\"chatId\":\"@name\"")]
    [InlineData(2104, "\"channel\":\"telegram\",\"chatId\":[]")]
    public void Names_what_is_wrong_with_the_recipient(int code, string fields) => CodeOf(Some.ValidateAlone(fields)).ShouldBe(code);

    [Theory]
    [InlineData(2004, "\"from\":\"\"")]
    [InlineData(2004, "\"from\":\"   \"")]
    [InlineData(2005, "\"from\":\"ab\"")]
    [InlineData(2005, "\"from\":\"sixteen letters.\"")]
    [InlineData(2005, "\"from\":\"a\\nbcd\"")]
    [InlineData(2005, "\"from\":{}")]
    [InlineData(2005, "\"from\":12")]
    [InlineData(2006, "\"template\":\"\"")]
    [InlineData(2006, "\"template\":\"no place\"")]
    [InlineData(2006, "\"template\":\"{{ pin }}\"")]
    [InlineData(2006, "\"template\":\"{{pin}} {{code}}\"")]
    [InlineData(2006, "\"template\":\"{{pin}} {{ name }}\"")]
    [InlineData(2006, "\"template\":\"{{pin}} {{NAME}}\"")]
    [InlineData(2006, "\"template\":\"{{pin}} {{}}\"")]
    [InlineData(2105, "\"template\":\"{{pin}} {{name}}\"")]
    [InlineData(2105, "\"template\":\"{{pin}} {{name}}\",\"name\":\"\"")]
    [InlineData(0, "\"template\":\"{{pin}} {{name}} {{app}} {{minutes}} { {a} }} {{\",\"name\":\"Ada\"")]
    [InlineData(2006, "\"template\":\"{{pin}}\\u0007\"")]
    [InlineData(2006, "\"template\":\"{{pin}}\\u0000\"")]
    [InlineData(2006, "\"template\":[]")]
    [InlineData(2007, "\"ttl\":\"abc\"")]
    [InlineData(2007, "\"ttl\":\"\"")]
    [InlineData(2007, "\"ttl\":true")]
    [InlineData(2007, "\"ttl\":[]")]
    [InlineData(2007, "\"ttl\":{}")]
    [InlineData(2007, "\"ttl\":\"180s\"")]
    [InlineData(2007, "\"ttl\":180.5")]
    [InlineData(2007, "\"ttl\":\"Infinity\"")]
    [InlineData(2007, "\"ttl\":\"NaN\"")]
    [InlineData(2007, "\"ttl\":\"1,800\"")]
    [InlineData(2008, "\"ttl\":59")]
    [InlineData(2008, "\"ttl\":-180")]
    [InlineData(2008, "\"ttl\":0")]
    [InlineData(2009, "\"ttl\":1801")]
    [InlineData(2009, "\"ttl\":\"99999999999999999999\"")]
    [InlineData(2009, "\"ttl\":1e400")]
    [InlineData(2010, "\"maxAttempts\":\"x\"")]
    [InlineData(2010, "\"maxAttempts\":false")]
    [InlineData(2011, "\"maxAttempts\":0")]
    [InlineData(2012, "\"maxAttempts\":11")]
    [InlineData(2013, "\"pinType\":\"\"")]
    [InlineData(2014, "\"pinType\":\"hex\"")]
    [InlineData(2014, "\"pinType\":1")]
    [InlineData(2014, "\"pinType\":[]")]
    [InlineData(2015, "\"pinLength\":\"\"")]
    [InlineData(2015, "\"pinLength\":\"six\"")]
    [InlineData(2016, "\"pinLength\":3")]
    [InlineData(2017, "\"pinLength\":11")]
    [InlineData(2018, "\"trackId\":\"\"")]
    [InlineData(2018, "\"trackId\":\"bf325375e030fccba00917317c574773\"")]
    [InlineData(2018, "\"trackId\":\"{bf325375-e030-fccb-a009-17317c574773}\"")]
    [InlineData(2018, "\"trackId\":\"0xbf3253-e030-fccb-a009-17317c574773\"")]
    [InlineData(2018, "\"trackId\":\"+f325375-e030-fccb-a009-17317c574773\"")]
    [InlineData(2018, "\"trackId\":7")]
    [InlineData(2018, "\"trackId\":[]")]
    [InlineData(2019, "\"otpCallbackUrl\":\"\"")]
    [InlineData(2019, "\"otpCallbackUrl\":\"/relative\"")]
    [InlineData(2019, "\"otpCallbackUrl\":\"ftp://example.com/\"")]
    [InlineData(2019, "\"otpCallbackUrl\":{}")]
    [InlineData(2019, "\"otpCallbackUrl\":\"http://10.0.0.1/\"")]
    [InlineData(2019, "\"otpCallbackUrl\":\"https://example.com:0/\"")]
    [InlineData(2105, "\"locale\":\"french\"")]
    [InlineData(2105, "\"locale\":\"f\"")]
    [InlineData(2105, "\"locale\":\"fr-\"")]
    [InlineData(2105, "\"locale\":[]")]
    [InlineData(2105, "\"name\":\"a\\u0000b\"")]
    [InlineData(2105, "\"name\":{}")]
    [InlineData(2105, "\"metadata\":\"text\"")]
    [InlineData(2105, "\"metadata\":[]")]
    [InlineData(2105, "\"metadata\":{\"\":\"no name\"}")]
    [InlineData(0, "\"metadata\":{\"a\":null}")]
    [InlineData(2105, "\"metadata\":{\"a\":{}}")]
    [InlineData(2105, "\"metadata\":{\"a\":\"\\u0000\"}")]
    public void Names_the_field_that_is_wrong(int code, string fields) => CodeOf(Some.Validate(fields)).ShouldBe(code);

    [Theory]
    [InlineData(2004, "\"template\":\"{{pin}}\",\"pinType\":\"numbers\"")]
    [InlineData(2006, "\"from\":\"Info\",\"pinType\":\"numbers\"")]
    [InlineData(2013, "\"from\":\"Info\",\"template\":\"{{pin}}\"")]
    [InlineData(0, Rest)]
    public void Needs_what_neither_the_request_nor_the_application_gives(int code, string fields) =>
        CodeOf(Some.Validate(fields, Bare)).ShouldBe(code);

    [Theory]
    [InlineData("http://10.0.0.1/", "10.0.0.0/8")]
    [InlineData("http://2130706433/", "127.0.0.0/8")]
    [InlineData("http://[fd12::1]:8080/", "fc00::/7")]
    public void Says_which_network_a_callback_may_not_reach_and_which_key_allows_it(string url, string network) =>
        Some.Validate($"\"otpCallbackUrl\":\"{url}\"").Error!.Message.ShouldBe(
            $"The parameter 'otpCallbackUrl' leads into {network}, which callbacks may not reach unless the server's setting " +
            $"Callbacks:AllowedNetworks names it");

    [Fact]
    public void Tells_an_empty_template_from_one_without_its_place()
    {
        Some.Validate("\"template\":\"\"").Error.ShouldBe(OtpErrors.TemplateMissing);
        Some.Validate("\"template\":\"x\"").Error.ShouldBe(OtpErrors.TemplateWithoutPin);
        Some.Validate("\"template\":\"{{code}}\"").Error.ShouldBe(OtpErrors.TemplateWithoutPin);
        Some.Validate("\"template\":\"{{pin}} {{code}}\"").Error.ShouldBe(OtpErrors.TemplateWithUnknown);
        Some.Validate($"\"template\":\"{{{{pin}}}}{new string('x', 1594)}\"").Error.ShouldBe(OtpErrors.TemplateInvalid);
        Some.Validate($"\"template\":\"{{{{pin}}}}{new string('x', 1593)}\"").Error.ShouldBeNull();
    }

    [Fact]
    public void Gives_the_first_failing_row_of_the_table()
    {
        // Each wrong field by the code that it gives; taking the first away uncovers the next.
        List<(int Code, string Field)> wrong =
        [
            (2005, "\"from\":\"a\""), (2006, "\"template\":\"x\""), (2007, "\"ttl\":\"x\""), (2010, "\"maxAttempts\":\"x\""),
            (2014, "\"pinType\":\"x\""),
            (2015, "\"pinLength\":\"x\""), (2018, "\"trackId\":\"x\""), (2019, "\"otpCallbackUrl\":\"x\""),
            (2020, "\"phoneNumber\":\"+33\""),
        ];
        for (var first = 0; first < wrong.Count; first++)
        {
            CodeOf(Some.ValidateAlone(string.Join(',', wrong.Skip(first).Select(w => w.Field)))).ShouldBe(wrong[first].Code);
        }

        CodeOf(Some.ValidateAlone("\"phoneNumber\":\"0612\",\"from\":\"a\"")).ShouldBe(2002);
        CodeOf(Some.ValidateAlone("\"from\":\"a\"")).ShouldBe(2001);
    }

    [Fact]
    public void Says_that_a_number_is_neither_international_nor_has_a_country() =>
        Some.ValidateAlone("\"phoneNumber\":\"123\"").Error!.Message.ShouldBe(
        "The parameter 'countryIso' is empty or not set, and 'phoneNumber' is not international: it does not begin with '+'");

    [Fact]
    public void Drops_a_pair_of_metadata_that_is_null() =>
        Some.Validate("\"metadata\":{\"campaign\":null,\"order\":\"7\"}").Value.Metadata.ShouldBe("{\"order\":\"7\"}");

    [Theory]
    [InlineData("FR", 0)]
    [InlineData("fr", 0)]
    [InlineData("DE", 2112)]
    public void Keeps_to_the_countries_of_the_application(string allowed, int code) =>
        CodeOf(Some.Validate("", new() { Limits = new() { AllowedCountries = [allowed] } })).ShouldBe(code);

    [Theory]
    [InlineData("+33891123456", "sms", false, 2115)]
    [InlineData("+33891123456", "call", false, 2115)]
    [InlineData("+33884012345", "sms", false, 2115)]
    [InlineData("+33884012345", "call", false, 2115)]
    [InlineData("+33891123456", "sms", true, 0)]
    [InlineData("+33884012345", "call", true, 0)]
    [InlineData("+33891123456", "whatsapp", false, 0)]
    [InlineData("+33891123456", "ussd", false, 0)]
    [InlineData("+33801234567", "call", false, 0)]
    public void Keeps_premium_numbers_off_sms_and_call_unless_they_are_allowed(string number, string channel, bool allowed, int code)
    {
        var settings = new ApplicationSettings { Limits = new() { AllowPremiumNumbers = allowed } };

        CodeOf(Some.ValidateAlone($"\"phoneNumber\":\"{number}\",\"channel\":\"{channel}\"", settings)).ShouldBe(code);
    }

    [Fact]
    public void Says_that_a_number_has_an_extension() =>
        Some.ValidateAlone("\"phoneNumber\":\"+33612246400;ext=5\"").Error!.Message.ShouldBe(
            "The parameter 'phoneNumber' has an extension, which no message reaches: send the number without it");

    [Theory]
    [InlineData(20, 40, 500, 0)]
    [InlineData(21, 40, 500, 2105)]
    [InlineData(20, 41, 500, 2105)]
    [InlineData(20, 40, 501, 2105)]
    public void Bounds_the_metadata(int pairs, int name, int value, int code)
    {
        var metadata = Enumerable.Range(0, pairs)
            .ToDictionary(i => i.ToString("D2").PadRight(name, 'n'), _ => new string('v', value), StringComparer.Ordinal);

        CodeOf(Some.Validate($"\"metadata\":{JsonSerializer.Serialize(metadata)}")).ShouldBe(code);
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(101, 2105)]
    public void Bounds_the_name(int length, int code) => CodeOf(Some.Validate($"\"name\":\"{new string('é', length)}\"")).ShouldBe(code);

    private static int CodeOf(Result<ValidatedOtpRequest> result) => result.Error?.Code ?? 0;
}
