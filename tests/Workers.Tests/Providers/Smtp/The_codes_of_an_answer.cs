using OtpPipeline.Workers.Providers.Smtp;

namespace OtpPipeline.Workers.Tests.Providers.Smtp;

public sealed class The_codes_of_an_answer
{
    [Theory]
    [InlineData(550, "5.1.1 <someone@example.com> is unknown", "550 5.1.1")]
    [InlineData(552, "5.2.2 full", "552 5.2.2")]
    [InlineData(550, "someone@example.com is unknown", "550")]
    [InlineData(550, "4.1.1 of another class", "550")]
    [InlineData(554, "Email address is not verified: codes@example.com", "554")]
    public void Are_kept_without_its_text(int code, string text, string printed) =>
        SmtpReply.From(code, text).ToString().ShouldBe(printed);
}
