using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Providers.Smtp;

public sealed class A_wrong_smtp_entry
{
    private static readonly Dictionary<string, string?> Right =
        new() { ["Type"] = "smtp", ["Host"] = "mail.example", ["From"] = "codes@otp.example" };

    /// <summary>A key, its value, and the begin of the sentence.</summary>
    public static TheoryData<string, string, string> Wrong => new()
    {
        { "Passwort", "x", "Passwort is no key here: there are Type, Host," },
        { "Host", "", "Host is missing: name the mail server." },
        { "Port", "0", "Port must be between 1 and 65535." },
        { "From", "", "From is missing: give the sender's address." },
        { "From", "codes", "From is no e-mail address." },
        { "From", "codes@otp.example\r\nRCPT TO:<a@b.example>", "From is no e-mail address." },
        { "ReplyTo", "help", "ReplyTo is no e-mail address." },
        { "MessageIdDomain", "a b", "MessageIdDomain is no domain." },
        { "HelloName", "a\r\nb", "HelloName must be a name" },
        { "Subject", "{{code}}", "Subject uses {{code}}, which is no placeholder: there are recipient," },
        { "FromName", "{{from", "FromName has a placeholder that begins with {{ and does not end." },
        { "Html", "<p>{{secret.x}}</p>", "Html uses {{secret.x}}, which is no placeholder" },
        { "HtmlFile", "/nowhere/at/all", "HtmlFile names a file that cannot be read." },
        { "Headers:Two words", "x", "Headers:Two words is no name of a header." },
        { "Headers:Subject", "x", "Headers:Subject is a header that the message or a server writes." },
        { "Headers:Content-Type", "x", "Headers:Content-Type is a header that the message or a server writes." },
        { "Headers:X-Set", "a\nBcc: x", "Headers:X-Set has a control character in it." },
        { "Headers:X-Set", "{{code}}", "Headers:X-Set uses {{code}}, which is no placeholder" },
        { "Username", "otp", "Password or PasswordFile is missing beside Username." },
        { "Password", "x", "Username is missing beside the password." },
        { "PasswordFile", "/nowhere/at/all", "PasswordFile names a file that cannot be read." },
        { "CaFile", "/dev/null", "CaFile names a file without a certificate in PEM form." },
        { "IdleTimeout", "01:00:00", "IdleTimeout must be between 00:00:01 and 00:10:00." },
    };

    [Fact]
    public void Is_not_this_one() => ProviderHost.Refusals(Right).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Stops_the_host_with_a_sentence_that_names_the_key(string key, string value, string sentence) =>
        ProviderHost.Refusals(Right.With((key, value))).ShouldHaveSingleItem().ShouldStartWith($"Providers:tested:{sentence}");

    [Fact]
    public void A_password_goes_over_no_network_in_clear() =>
        ProviderHost.Refusals(Right.With(("Security", "None"), ("Username", "otp"), ("Password", "x"))).ShouldHaveSingleItem()
            .ShouldStartWith("Providers:tested:Security must be StartTls or Tls");

    [Fact]
    public void A_value_of_the_wrong_form_is_told_without_the_value()
    {
        var wrong = Should.Throw<InvalidOperationException>(() => ProviderHost.Refusals(Right.With(("Port", "s3cret"))));

        wrong.Message.ShouldContain("'Providers:tested:Port'");
    }
}
