using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Recipients;

public class A_recipient
{
    [Fact]
    public void May_be_a_phone_number()
    {
        var number = PhoneNumber.Parse("06 12 24 64 00", "FR").ShouldBeOfType<PhoneParseResult.Ok>().Number;

        ShouldBe(Recipient.From(number), RecipientKind.Phone, "+33612246400", "FR", "+33•••••400");
    }

    [Fact]
    public void May_be_an_email_address()
    {
        EmailAddress.TryParse("Mary@Example.com", out var email).ShouldBeTrue();

        ShouldBe(Recipient.From(email), RecipientKind.Email, "Mary@example.com", null, "M•••••@example.com");
    }

    [Fact]
    public void May_be_a_telegram_chat()
    {
        TelegramChat.TryParse("-0012345678", out var chat).ShouldBeTrue();

        ShouldBe(Recipient.From(chat), RecipientKind.Chat, "-12345678", null, "-•••••78");
    }

    [Theory]
    [InlineData("+390549886377", "+3780549886377")]
    [InlineData("+378886377", "+3780549886377")]
    [InlineData("+3534890123456", "+442890123456")]
    [InlineData("+5491123456789", "+541123456789")]
    [InlineData("+972592345678", "+970592345678")]
    [InlineData("+97222712345", "+97022712345")]
    public void Is_one_whichever_number_of_its_line_is_given(string one, string other)
    {
        var (first, second) = (OfPhone(one), OfPhone(other));

        first.Identity.ShouldBe(second.Identity);
        Some.Secrets.HashRecipient(first).ShouldBe(Some.Secrets.HashRecipient(second));
        Some.Secrets.HashLookup(Guid.Empty, new("p", first)).ShouldBe(Some.Secrets.HashLookup(Guid.Empty, new("p", second)));
    }

    [Theory]
    [InlineData("+972502345678")]
    [InlineData("+97231234567")]
    [InlineData("+390669812345")]
    [InlineData("+77011234567")]
    [InlineData("+353861234567")]
    [InlineData("+541123456789")]
    public void Is_known_by_its_number_where_the_line_has_no_other(string number) => OfPhone(number).Identity.ShouldBe(number);

    [Fact]
    public void Is_one_in_any_case_and_gets_its_mail_as_it_was_written()
    {
        var spellings = new[] { "victim@example.com", "Victim@example.com", "VICTIM@EXAMPLE.COM" }.Select(OfEmail).ToList();

        spellings.Select(s => Convert.ToHexString(Some.Secrets.HashRecipient(s))).Distinct().Count().ShouldBe(1);
        spellings.Select(s => s.Address).ShouldBe(["victim@example.com", "Victim@example.com", "VICTIM@example.com"]);
    }

    [Fact]
    public void Is_counted_by_what_the_application_folds_and_found_by_itself()
    {
        var (tagged, plain) = (OfEmail("Mary+shop@example.com"), OfEmail("mary@example.com"));

        Some.Secrets.HashLimitKey(tagged, new() { FoldPlusTags = true })
            .ShouldBe(Some.Secrets.HashRecipient(plain));
        Some.Secrets.HashLimitKey(tagged, new() { FoldPlusTags = false }).ShouldBeNull();
        Some.Secrets.HashLimitKey(plain, new()).ShouldBeNull();
        Some.Secrets.HashRecipient(tagged).ShouldNotBe(Some.Secrets.HashRecipient(plain));
    }

    [Theory]
    [InlineData(RecipientKind.Phone, "+33612246400", null)]
    [InlineData(RecipientKind.Phone, "+33612246400", "GB")]
    [InlineData(RecipientKind.Email, "+33612246400", null)]
    [InlineData(RecipientKind.Chat, "+33612246400", null)]
    [InlineData((RecipientKind)0, "+33612246400", "FR")]
    public void Is_not_restored_from_parts_that_do_not_fit(RecipientKind kind, string address, string? country) =>
        Should.Throw<ArgumentException>(() => Recipient.FromStored(kind, address, country)).Message.ShouldNotContain("612246400");

    private static Recipient OfPhone(string number) =>
        Recipient.From(PhoneNumber.Parse(number, null).ShouldBeOfType<PhoneParseResult.Ok>().Number);

    private static Recipient OfEmail(string text)
    {
        EmailAddress.TryParse(text, out var email).ShouldBeTrue();
        return Recipient.From(email);
    }

    private static void ShouldBe(Recipient recipient, RecipientKind kind, string address, string? country, string masked)
    {
        recipient.Kind.ShouldBe(kind);
        recipient.Address.ShouldBe(address);
        recipient.CountryIso.ShouldBe(country);
        recipient.ToString().ShouldBe(masked);
        Recipient.FromStored(kind, address, country).ShouldBe(recipient);
    }
}
