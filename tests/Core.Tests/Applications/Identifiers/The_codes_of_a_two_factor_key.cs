using OtpPipeline.Core.Applications.Identifiers;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Applications.Identifiers;

public class The_codes_of_a_two_factor_key
{
    [Theory]
    [InlineData("01", "10")]
    [InlineData("012345", "4")]
    [InlineData("0123456", "4")]
    [InlineData("ab", "4")]
    [InlineData("abcdef", "5")]
    [InlineData("012", "8")]
    public void Are_refused_where_they_are_fewer_than_ten_thousand(string chars, string length) =>
        Validate(chars, length).ShouldHaveSingleItem()
            .ShouldBe(new("settings/codeChars", "must make at least 10000 codes with codeLength characters each"));

    [Theory]
    [InlineData("0123456789", "4")]
    [InlineData("0123456", "5")]
    [InlineData("abcdef", "6")]
    [InlineData("012", "9")]
    [InlineData(null, "4")]
    [InlineData("01234", null)]
    public void Are_accepted_where_they_are_as_many(string? chars, string? length) => Validate(chars, length).ShouldBeEmpty();

    [Fact]
    public void Are_not_checked_where_a_setting_is_wrong_by_itself() =>
        Validate("0", "4").ShouldHaveSingleItem().Expected.ShouldStartWith("must be 2 to 62");

    private static List<FieldProblem> Validate(string? chars, string? length)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["message"] = "Code %code%" };
        if (chars is not null)
        {
            settings["codeChars"] = chars;
        }

        if (length is not null)
        {
            settings["codeLength"] = length;
        }

        return [.. NamedIdentifier.ValidateSettings(IdentifierKind.GupshupKey, settings)];
    }
}
