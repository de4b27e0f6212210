using FsCheck;
using FsCheck.Fluent;
using OtpPipeline.Core.Recipients;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Recipients;

public class An_email_address
{
    [Theory]
    [InlineData("mary@example.com", "mary@example.com")]
    [InlineData("Mary.Ann+otp@Example.COM", "Mary.Ann+otp@example.com")]
    [InlineData("o'neil_{x}@mail-1.example.co.uk", "o'neil_{x}@mail-1.example.co.uk")]
    [InlineData("m@xn--bcher-kva.example", "m@xn--bcher-kva.example")]
    [InlineData("user@b\u00FCcher.example", "user@xn--bcher-kva.example")]
    [InlineData("user@BU\u0308CHER.example", "user@xn--bcher-kva.example")]
    [InlineData("user@example\u3002com", "user@example.com")]
    [InlineData("user@example\uFF0Ecom", "user@example.com")]
    [InlineData("user@\uFF45xample.com", "user@example.com")]
    [InlineData("user@fa\u00DF.de", "user@xn--fa-hia.de")]
    [InlineData("user@FA\u1E9E.de", "user@xn--fa-hia.de")]
    [InlineData("user@\u03B2\u03CC\u03BB\u03BF\u03C2.com", "user@xn--nxasmm1c.com")]
    [InlineData("user@xn--fa-hia.de", "user@xn--fa-hia.de")]
    public void Is_read_with_its_domain_in_lower_case(string text, string expected)
    {
        EmailAddress.TryParse(text, out var address).ShouldBeTrue();
        address.Value.ShouldBe(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("mary")]
    [InlineData("@example.com")]
    [InlineData("mary@")]
    [InlineData("mary@example")]
    [InlineData("mary@@example.com")]
    [InlineData("mary@home@example.com")]
    [InlineData(".mary@example.com")]
    [InlineData("mary.@example.com")]
    [InlineData("mary..ann@example.com")]
    [InlineData("mary ann@example.com")]
    [InlineData(" mary@example.com")]
    [InlineData("mary@example.com ")]
    [InlineData("mary@example.com\r\nBcc: all@example.com")]
    [InlineData("mary\n@example.com")]
    [InlineData("mary\0@example.com")]
    [InlineData("\"mary ann\"@example.com")]
    [InlineData("Mary <mary@example.com>")]
    [InlineData("mary,ann@example.com")]
    [InlineData("mary@-example.com")]
    [InlineData("mary@example-.com")]
    [InlineData("mary@example..com")]
    [InlineData("mary@example.com.")]
    [InlineData("mary@exam_ple.com")]
    [InlineData("mary@192.168.0.1")]
    [InlineData("mary@[192.168.0.1]")]
    [InlineData("mary@xn--a.com")]
    [InlineData("mary@\u2603.net")]
    [InlineData("mary@a\u200Db.com")]
    [InlineData("mary\uFF20example.com")]
    [InlineData("märy@example.com")]
    public void Is_refused_where_mail_would_not_arrive_or_headers_could_be_injected(string? text)
    {
        EmailAddress.TryParse(text, out var address).ShouldBeFalse();
        address.ShouldBeNull();
    }

    [Theory]
    [InlineData(64, 63, true)]
    [InlineData(65, 63, false)]
    [InlineData(64, 64, false)]
    public void Has_a_local_part_and_labels_of_limited_length(int local, int label, bool accepted) =>
        EmailAddress.TryParse($"{new string('m', local)}@{new string('d', label)}.com", out _).ShouldBe(accepted);

    [Theory]
    [InlineData(254, true)]
    [InlineData(255, false)]
    public void Is_254_characters_long_at_most(int length, bool accepted)
    {
        var domain = string.Join('.', Enumerable.Repeat(new string('d', 60), 4));
        EmailAddress.TryParse($"{new string('m', length - domain.Length - 1)}@{domain}", out _).ShouldBe(accepted);
    }

    [Theory]
    [InlineData("Victim+a@Example.com", false, false, "victim+a@example.com")]
    [InlineData("Victim+a@Example.com", true, false, "victim@example.com")]
    [InlineData("V.ictim+a+b@example.com", true, true, "victim@example.com")]
    [InlineData("v.ictim@example.com", false, true, "victim@example.com")]
    [InlineData("+a@example.com", true, true, "+a@example.com")]
    public void Is_counted_without_what_the_application_folds(string text, bool plusTags, bool dots, string expected)
    {
        EmailAddress.TryParse(text, out var address).ShouldBeTrue();
        address.Folded(plusTags, dots).ShouldBe(expected);
    }

    [Theory]
    [InlineData("mary@example.com", "m•••••@example.com")]
    [InlineData("m@example.com", "•••••@example.com")]
    public void Prints_itself_masked(string text, string masked)
    {
        EmailAddress.TryParse(text, out var address).ShouldBeTrue();
        address.ToString().ShouldBe(masked);
    }

    [Fact]
    public void Reads_its_own_value_as_itself_and_never_throws() =>
        Prop.ForAll(
            Gen.Elements([.. "am.@-1é \r\n"]).ArrayOf().Select(characters => new string(characters)).ToArbitrary(),
            text => !EmailAddress.TryParse(text, out var address)
                || (EmailAddress.TryParse(address.Value, out var again) && again == address))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
}
