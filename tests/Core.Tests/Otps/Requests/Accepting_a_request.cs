using System.Text.Json;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps.Requests;

public class Accepting_a_request
{
    [Fact]
    public void Fills_in_the_settings_of_the_application()
    {
        var settings = new ApplicationSettings
        {
            From = "Sender", Template = "T {{pin}}", PinType = PinType.Letters, PinLength = 8, Ttl = 77, MaxAttempts = 2,
            OtpCallbackUrl = "https://example.com/cb",
        };

        var request = Some.Validate("\"name\":\"\",\"locale\":\"\",\"trackId\":null", settings).Value;

        (request.Details.From, request.Details.Template, request.PinPolicy, request.Ttl, request.MaxAttempts, request.Details.CallbackUrl)
            .ShouldBe(("Sender", "T {{pin}}", new PinPolicy(PinType.Letters, 8), 77, 2, "https://example.com/cb"));
        (request.Details.Name, request.Details.Locale, request.TrackId, request.Metadata, request.Channel)
            .ShouldBe((null, null, null, null, Channel.Sms));
        (request.Recipient.Address, request.Recipient.CountryIso).ShouldBe((Some.Phone, "FR"));
    }

    [Fact]
    public void Puts_the_request_before_the_settings()
    {
        var request = Some.Validate(
            """
            "from":"Other","template":"U {{pin}}","trackId":"BF325375-E030-FCCB-A009-17317C574773","ttl":600,"maxAttempts":10,"pinType":"ALPHANUMERIC",
            "pinLength":4,"otpCallbackUrl":"https://webhook/receive-otp-status-updates","name":"Ada","locale":"fr-CH","channel":"WhatsApp"
            """).Value;

        (request.Details.From, request.Details.Template, request.PinPolicy, request.Ttl, request.MaxAttempts, request.Details.CallbackUrl)
            .ShouldBe(
                ("Other", "U {{pin}}", new PinPolicy(PinType.Alphanumeric, 4), 600, 10, "https://webhook/receive-otp-status-updates"));
        (request.Details.Name, request.Details.Locale, request.Channel).ShouldBe(("Ada", "fr-CH", Channel.Whatsapp));
        request.TrackId.ToString().ShouldBe("bf325375-e030-fccb-a009-17317c574773");
    }

    [Theory]
    [InlineData("180", 180)]
    [InlineData("180.0", 180)]
    [InlineData("1e2", 100)]
    [InlineData("1.8E+3", 1800)]
    [InlineData("60", 60)]
    public void Reads_a_number_in_each_of_its_spellings(string spelling, int ttl)
    {
        Some.Validate($"\"ttl\":{spelling}").Value.Ttl.ShouldBe(ttl);
        Some.Validate($"\"ttl\":\" {spelling} \"").Value.Ttl.ShouldBe(ttl);
    }

    [Fact]
    public void Reads_a_number_where_a_text_is_due()
    {
        var request = Some.ValidateAlone(
            "\"phoneNumber\":612246400,\"countryIso\":\"fr\",\"from\":12345,\"name\":7,\"metadata\":{\"n\":1.50,\"t\":true}").Value;

        (request.Recipient.Address, request.Details.From, request.Details.Name, request.Metadata)
            .ShouldBe((Some.Phone, "12345", "7", """{"n":"1.50","t":"true"}"""));
    }

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("bf325375-e030-fccb-a009-17317c574773")]
    [InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff")]
    [InlineData("c232ab00-9414-11ec-b3c8-9f6bdeced846")]
    public void Takes_any_dashed_UUID_as_trackId(string trackId) =>
        Some.Validate($"\"trackId\":\"{trackId}\"").Value.TrackId.ToString().ShouldBe(trackId);

    [Fact]
    public void Lets_lines_and_tabs_stand_in_a_template() =>
        Some.Validate("\"template\":\"a\\r\\n\\tb {{pin}}\"").Value.Details.Template.ShouldBe("a\r\n\tb {{pin}}");

    [Fact]
    public void Keeps_metadata_as_it_came()
    {
        var metadata = Some.Validate("\"metadata\":{\"z\":\" spaced \",\"A\":\"<é>\",\"empty\":\"\"}").Value.Metadata.ShouldNotBeNull();

        JsonSerializer.Deserialize<Dictionary<string, string>>(metadata).ShouldBe(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["z"] = " spaced ", ["A"] = "<é>", ["empty"] = "" },
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("\"channel\":\"email\",\"email\":\"Mary@Example.com\"", "Mary@example.com")]
    [InlineData("\"channel\":\"telegram\",\"chatId\":-1001234567890", "-1001234567890")]
    [InlineData("\"channel\":\"telegram\",\"chatId\":\"123456\"", "123456")]
    [InlineData("\"channel\":\"ussd\",\"phoneNumber\":\"+33 6.12-24 (64) 00\",\"countryIso\":\"XX\"", Some.Phone)]
    public void Finds_the_recipient_in_the_field_of_its_channel(string fields, string address) =>
        Some.ValidateAlone(fields).Value.Recipient.Address.ShouldBe(address);
}
