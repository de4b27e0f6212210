using OtpPipeline.Core.Applications.Identifiers;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Applications.Identifiers;

public sealed class The_text_of_a_WhatsApp_message
{
    private static readonly IdentifierSetting Text = IdentifierRules.For(IdentifierKind.BizmagnetsConfig).Settings["text"];

    [Theory]
    [InlineData("{{pin}}")]
    [InlineData("{{pin}} is your verification code.")]
    [InlineData("<#> Your code: {{pin}}. For your security, do not share it.")]
    [InlineData("आपका कोड {{pin}} है।")]
    [InlineData("{ {{pin}} }")]
    public void Is_fixed_with_the_code_as_its_one_variable(string text) => Text.IsValid(text).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("no code")]
    [InlineData("{{PIN}}")]
    [InlineData("{{pin}} or {{pin}}")]
    [InlineData("{{name}}, {{pin}}")]
    [InlineData("{{1}} {{pin}}")]
    [InlineData("{{pin}}}}")]
    [InlineData("{{pin}}\nline")]
    [InlineData("{{pin}}\tcolumn")]
    [InlineData("{{pin}} http://shop.example")]
    [InlineData("{{pin}} WWW.shop.example")]
    [InlineData("{{pin}} \U0001F600")]
    [InlineData("{{pin}} \u2705")]
    public void Is_none_that_the_platform_would_not_approve(string text) => Text.IsValid(text).ShouldBeFalse();

    [Fact]
    public void Is_no_longer_than_the_platform_allows()
    {
        Text.IsValid("{{pin}}" + new string('x', 1024 - 7)).ShouldBeTrue();
        Text.IsValid("{{pin}}" + new string('x', 1025 - 7)).ShouldBeFalse();
    }

    [Fact]
    public void Is_the_platforms_own_unless_given() => Text.IsValid(Text.Default!).ShouldBeTrue();
}
