using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Providers.Smtp;

public sealed class The_headers_of_an_email
{
    [Theory]
    [InlineData("=?utf-8?B?WA==?= is no encoded word")]
    [InlineData("a=?utf-8?Q?b?=c")]
    [InlineData("  two  spaces\tand a tab")]
    [InlineData("\"quoted\" (comment) <a@b.example>, ; : \\")]
    [InlineData("")]
    public async Task A_subject_arrives_as_it_was(string subject)
    {
        var mail = await MailHost.SendAsync(
            Messages.To("someone@mail.example", Channel.Email, text: "x") with { Message = new("x", subject) });

        mail.Subject.ShouldBe(subject.Replace('\t', ' ').Trim());
    }

    [Fact]
    public async Task A_name_that_looks_encoded_arrives_as_it_was()
    {
        var mail = await MailHost.SendAsync(
            Messages.To("someone@mail.example", Channel.Email, from: "=?l1?Q?X?="), ("FromName", "{{from}}"),
            ("Headers:X-Name", "{{from}}"));

        mail.Author.ShouldBe("=?l1?Q?X?= <codes@otp.example>");
        mail.Text.ShouldNotContain("=?l1?");
    }

    [Fact]
    public async Task A_subject_without_a_space_has_lines_that_mail_can_carry()
    {
        var subject = new string('x', 2000);

        var mail = await MailHost.SendAsync(
            Messages.To("someone@mail.example", Channel.Email, text: "x") with { Message = new("x", subject) });

        mail.Text.Split("\r\n").ShouldAllBe(l => l.Length <= 998);
        mail.Subject.ShouldBe(subject);
    }

    [Fact]
    public async Task The_headers_of_the_entry_go_along()
    {
        var delivery = Messages.To("someone@mail.example", Channel.Email, name: "Zoë\r\nX-Evil: 1");

        var mail = await MailHost.SendAsync(
            delivery, ("Headers:X-SES-CONFIGURATION-SET", "otp"), ("Headers:X-Attempt", "{{attempt}} of {{name}}"));

        var headers = mail.Text.Split("\r\n\r\n")[0].Split("\r\n");
        headers.ShouldContain("X-SES-CONFIGURATION-SET: otp");
        headers.ShouldContain(h => h.StartsWith("X-Attempt: 1 of =?utf-8?", StringComparison.OrdinalIgnoreCase));
        headers.ShouldNotContain(h => h.StartsWith("X-Evil"));
    }

    [Theory]
    [InlineData("someone@xn--fa-hia.de")]
    [InlineData("someone@xn--bcher-kva.example")]
    [InlineData("o'hara+tag/x=y@mail.example")]
    public async Task An_address_is_handed_over_letter_by_letter(string address)
    {
        var mail = await MailHost.SendAsync(
            Messages.To(address, Channel.Email), ("From", "codes@faß.example"), ("ReplyTo", "help@faß.example"));

        mail.Recipients.ShouldBe([address]);
        mail.Sender.ShouldBe("codes@xn--fa-hia.example");
        var headers = mail.Text.Split("\r\n\r\n")[0].Split("\r\n");
        headers.ShouldContain($"To: {address}");
        headers.ShouldContain("Reply-To: help@xn--fa-hia.example");
        mail.Options.ShouldNotContain("SMTPUTF8");
    }
}
