using OtpPipeline.Core.Recipients;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Recipients;

public class A_recipient
{
    [Fact]
    public void May_be_a_phone_number()
    {
        var number = PhoneNumber.Parse("06 12 24 64 00", "FR").ShouldBeOfType<PhoneParseResult.Ok>().Number;

        ShouldBe(Recipient.Of(number), RecipientKind.Phone, "+33612246400", "FR", "+33•••••400");
    }

    [Fact]
    public void May_be_an_email_address()
    {
        EmailAddress.TryParse("Mary@Example.com", out var email).ShouldBeTrue();

        ShouldBe(Recipient.Of(email), RecipientKind.Email, "Mary@example.com", null, "M•••••@example.com");
    }

    [Fact]
    public void May_be_a_telegram_chat()
    {
        TelegramChat.TryParse("-0012345678", out var chat).ShouldBeTrue();

        ShouldBe(Recipient.Of(chat), RecipientKind.Chat, "-12345678", null, "-•••••78");
    }

    [Theory]
    [InlineData(RecipientKind.Phone, "+33612246400", null)]
    [InlineData(RecipientKind.Phone, "+33612246400", "GB")]
    [InlineData(RecipientKind.Email, "+33612246400", null)]
    [InlineData(RecipientKind.Chat, "+33612246400", null)]
    [InlineData((RecipientKind)0, "+33612246400", "FR")]
    public void Is_not_restored_from_parts_that_do_not_fit(RecipientKind kind, string address, string? country) =>
        Should.Throw<ArgumentException>(() => Recipient.FromStored(kind, address, country)).Message.ShouldNotContain("612246400");

    private static void ShouldBe(Recipient recipient, RecipientKind kind, string address, string? country, string masked)
    {
        recipient.Kind.ShouldBe(kind);
        recipient.Address.ShouldBe(address);
        recipient.CountryIso.ShouldBe(country);
        recipient.ToString().ShouldBe(masked);
        Recipient.FromStored(kind, address, country).ShouldBe(recipient);
    }
}
