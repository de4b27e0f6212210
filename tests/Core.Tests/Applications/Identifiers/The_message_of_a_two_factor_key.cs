using OtpPipeline.Core.Applications.Identifiers;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Applications.Identifiers;

public class The_message_of_a_two_factor_key
{
    private static bool IsGood(string message) => IdentifierRules.For(IdentifierKind.GupshupKey).Settings["message"].IsValid(message);

    [Theory]
    [InlineData("%code%", true)]
    [InlineData("{{pin}} %code%\r\n\t%code%", true)]
    [InlineData("grüezi %code% 😀", true)]
    [InlineData("", false)]
    [InlineData("{{pin}}", false)]
    [InlineData("%Code%", false)]
    [InlineData("%code%\0", false)]
    [InlineData("\u001b%code%", false)]
    public void Holds_the_code_and_nothing_that_cannot_be_sent(string message, bool good) => IsGood(message).ShouldBe(good);

    [Theory]
    [InlineData(1600, true)]
    [InlineData(1601, false)]
    public void Has_an_end(int length, bool good) => IsGood("%code%".PadRight(length)).ShouldBe(good);
}
