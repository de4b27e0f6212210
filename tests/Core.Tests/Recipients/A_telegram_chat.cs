using OtpPipeline.Core.Recipients;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Recipients;

public class A_telegram_chat
{
    [Theory]
    [InlineData("123456789", 123456789)]
    [InlineData("-1001234567890", -1001234567890)]
    [InlineData("007", 7)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void Is_read_from_its_digits(string text, long id)
    {
        TelegramChat.TryParse(text, out var chat).ShouldBeTrue();
        chat.Id.ShouldBe(id);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("--1")]
    [InlineData("1-")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1\0")]
    [InlineData("1\n")]
    [InlineData("1,000")]
    [InlineData("1.5")]
    [InlineData("1e5")]
    [InlineData("@channel")]
    [InlineData("\u0661\u0662")]
    [InlineData("9223372036854775808")]
    [InlineData("000000000000000000001")]
    public void Is_refused_where_it_is_no_chat_id(string? text)
    {
        TelegramChat.TryParse(text, out var chat).ShouldBeFalse();
        chat.ShouldBeNull();
    }

    [Theory]
    [InlineData("123456789", "•••••789")]
    [InlineData("-1001234567890", "-•••••890")]
    [InlineData("12", "•••••")]
    [InlineData("-9223372036854775808", "-•••••808")]
    public void Prints_itself_masked(string text, string masked)
    {
        TelegramChat.TryParse(text, out var chat).ShouldBeTrue();
        chat.ToString().ShouldBe(masked);
    }
}
