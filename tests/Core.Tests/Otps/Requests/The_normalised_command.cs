using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps.Requests;

public class The_normalised_command
{
    [Theory]
    [InlineData("\"phoneNumber\":\"+33612246400\"", "\"phoneNumber\":\"+33 6 12 24 64 00\"")]
    [InlineData("\"phoneNumber\":\"+33612246400\"", "\"phoneNumber\":\"06 12 24 64 00\",\"countryIso\":\"FR\"")]
    [InlineData("\"phoneNumber\":\"+33612246400\"", "\"channel\":\"SMS\",\"phoneNumber\":\"+33612246400\",\"countryIso\":\"DE\"")]
    [InlineData("\"phoneNumber\":\"+33612246400\"", "\"phoneNumber\":\"+33612246400\",\"name\":\"\",\"locale\":null,\"ttl\":null")]
    [InlineData("\"phoneNumber\":\"+33612246400\",\"ttl\":180", "\"ttl\":\"180\",\"phoneNumber\":\"+33612246400\"")]
    [InlineData("\"phoneNumber\":\"+33612246400\",\"ttl\":180", "\"ttl\":180.0,\"phoneNumber\":\"+33612246400\"")]
    [InlineData("\"phoneNumber\":\"+33612246400\",\"ttl\":180", "\"ttl\":\"1.8e2\",\"phoneNumber\":\"+33612246400\"")]
    [InlineData(
        "\"phoneNumber\":\"+33612246400\",\"maxAttempts\":3,\"pinLength\":6",
        "\"phoneNumber\":\"+33612246400\",\"maxAttempts\":\"3\",\"pinLength\":\" 06 \"")]
    [InlineData("\"phoneNumber\":\"+33612246400\",\"pinType\":\"letters\"", "\"phoneNumber\":\"+33612246400\",\"pinType\":\"Letters\"")]
    [InlineData("\"phoneNumber\":\"+33612246400\",\"from\":\"12345\"", "\"phoneNumber\":\"+33612246400\",\"from\":12345")]
    [InlineData(
        "\"phoneNumber\":\"+33612246400\",\"trackId\":\"bf325375-e030-fccb-a009-17317c574773\"",
        "\"phoneNumber\":\"+33612246400\",\"trackId\":\"BF325375-E030-FCCB-A009-17317C574773\"")]
    [InlineData(
        "\"phoneNumber\":\"+33612246400\",\"metadata\":{\"a\":\"1\",\"b\":\"2\"}",
        "\"phoneNumber\":\"+33612246400\",\"metadata\":{\"b\":2,\"a\":\"1\"}")]
    [InlineData("\"channel\":\"email\",\"email\":\"a@EXAMPLE.com\"", "\"channel\":\"email\",\"email\":\" a@example.com \"")]
    public void Is_one_for_equal_commands(string one, string other) =>
        Some.ValidateAlone(other).Value.Normalised.ShouldBe(Some.ValidateAlone(one).Value.Normalised);

    [Fact]
    public void Differs_wherever_the_command_does()
    {
        const string Phone = "\"phoneNumber\":\"+33612246400\"";
        string[] commands =
        [
            Phone, "\"phoneNumber\":\"+33612246401\"", Phone + ",\"channel\":\"call\"", Phone + ",\"from\":\"Other\"",
            Phone + ",\"template\":\"x {{pin}}\"",
            Phone + ",\"trackId\":\"bf325375-e030-fccb-a009-17317c574773\"", Phone + ",\"ttl\":180", Phone + ",\"ttl\":181",
            Phone + ",\"maxAttempts\":3",
            Phone + ",\"pinType\":\"letters\"", Phone + ",\"pinLength\":5", Phone + ",\"otpCallbackUrl\":\"https://example.com/\"",
            Phone + ",\"name\":\"Ada\"",
            Phone + ",\"locale\":\"fr\"", Phone + ",\"metadata\":{}", Phone + ",\"metadata\":{\"a\":\"1\"}",
            Phone + ",\"metadata\":{\"a\":\"1 \"}", Phone + ",\"metadata\":{\"A\":\"1\"}",
            Phone + ",\"name\":\"fr\"", Phone + ",\"externalId\":\"fr\"", Phone + ",\"externalId\":\"fr \"",
        ];

        commands.Select(c => Some.ValidateAlone(c).Value.Normalised).Distinct(StringComparer.Ordinal).Count().ShouldBe(commands.Length);
    }

    [Fact]
    public void Does_not_follow_the_settings() =>
        Some.Validate("", new() { Ttl = 99, From = "Changed" }).Value.Normalised.ShouldBe(Some.Validate().Value.Normalised);
}
