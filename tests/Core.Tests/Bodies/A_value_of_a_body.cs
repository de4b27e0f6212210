using System.Text.Json;
using OtpPipeline.Core.Bodies;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Bodies;

public class A_value_of_a_body
{
    [Theory]
    [InlineData("180", 180.0)]
    [InlineData("\"180\"", 180.0)]
    [InlineData("\" 180 \"", 180.0)]
    [InlineData("180.0", 180.0)]
    [InlineData("1.8e2", 180.0)]
    [InlineData("-7", -7.0)]
    [InlineData("99999999999999999999", 1e20)]
    [InlineData("180.5", null)]
    [InlineData("\"180s\"", null)]
    [InlineData("\"1,800\"", null)]
    [InlineData("\"NaN\"", null)]
    [InlineData("\"Infinity\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("true", null)]
    [InlineData("null", null)]
    [InlineData("[180]", null)]
    public void Is_a_whole_number_in_any_spelling(string json, double? number) => Read(json).Whole.ShouldBe(number);

    [Theory]
    [InlineData("59", null)]
    [InlineData("\"60\"", 60)]
    [InlineData("1.8e3", 1800)]
    [InlineData("1801", null)]
    [InlineData("1e400", null)]
    public void Keeps_to_bounds(string json, int? number) => Read(json).WholeFrom(60, 1800).ShouldBe(number);

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"false\"", false)]
    [InlineData("\"some\"", null)]
    [InlineData("1", null)]
    [InlineData("null", null)]
    public void Is_a_flag_as_a_text_too(string json, bool? flag) => Read(json).Flag.ShouldBe(flag);

    [Theory]
    [InlineData("12.5", "12.5")]
    [InlineData("\"12.50\"", "12.50")]
    [InlineData("\"much\"", null)]
    [InlineData("1e400", null)]
    public void Is_an_amount_as_a_text_too(string json, string? amount) =>
        Read(json).Amount.ShouldBe(amount is null ? null : decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("\" a \"", "a", false, false)]
    [InlineData("7", "7", false, false)]
    [InlineData("true", "true", false, false)]
    [InlineData("null", null, true, false)]
    [InlineData("{}", null, false, true)]
    [InlineData("[]", null, false, true)]
    public void Is_a_text_or_absent_or_malformed(string json, string? text, bool absent, bool malformed)
    {
        var field = Read(json);

        (field.Text, field.IsAbsent, field.Malformed).ShouldBe((text, absent, malformed));
    }

    private static JsonField Read(string json)
    {
        using var document = JsonDocument.Parse($"{{\"value\":{json}}}");
        return JsonField.From(document.RootElement, "value");
    }
}
