using Microsoft.Extensions.Options;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Receipts;

public class The_token_of_a_receipt
{
    private static readonly ReceiptToken Token = new(Guid.Parse("0199f3a1-5a3c-7d29-8e31-5b0f9a3c1d77"), Step: 3, Attempt: 260);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(15, 20)]
    [InlineData(65535, 65535)]
    public void Names_one_delivery_in_at_most_50_characters_of_an_address(int step, int attempt)
    {
        var token = Token with { Step = step, Attempt = attempt };

        var text = token.Write(Some.Secrets);

        text.Length.ShouldBeLessThanOrEqualTo(50);
        text.ShouldMatch("^[A-Za-z0-9_-]+$");
        ReceiptToken.Read(Some.Secrets, text).ShouldBe(token);
    }

    [Fact]
    public void Is_refused_with_any_other_character_in_any_place()
    {
        var text = Token.Write(Some.Secrets);
        for (var i = 0; i < text.Length; i++)
        {
            var other = text[i] == 'A' ? 'B' : 'A';
            ReceiptToken.Read(Some.Secrets, text[..i] + other + text[(i + 1)..]).ShouldBeNull($"character {i}");
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("                                                ")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("éééééééééééééééééééééééééééééééééééééééééééééééé")]
    public void Is_refused_when_it_is_not_ours(string? text) => ReceiptToken.Read(Some.Secrets, text).ShouldBeNull();

    [Fact]
    public void Is_refused_with_something_before_or_behind_it()
    {
        var text = Token.Write(Some.Secrets);

        ReceiptToken.Read(Some.Secrets, text + "=").ShouldBeNull();
        ReceiptToken.Read(Some.Secrets, text[..47] + "\n").ShouldBeNull();
        ReceiptToken.Read(Some.Secrets, " " + text[..47]).ShouldBeNull();
    }

    [Fact]
    public void Outlives_a_rotation_of_the_PIN_keys_and_of_the_lookup_key()
    {
        var before = Secrets(pinKeys: ["a"], lookup: "l1");
        var text = Token.Write(before);

        ReceiptToken.Read(Secrets(pinKeys: ["b", "a"], lookup: "l1"), text).ShouldBe(Token);
        ReceiptToken.Read(Secrets(pinKeys: ["b"], lookup: "l1"), text).ShouldBe(Token);
        ReceiptToken.Read(Secrets(pinKeys: ["a"], lookup: "l2", old: "l1"), text).ShouldBe(Token);
        ReceiptToken.Read(Secrets(pinKeys: ["a"], lookup: "l2"), text).ShouldBeNull();
    }

    private static OtpSecrets Secrets(string[] pinKeys, string lookup, string? old = null)
    {
        var options = Some.OtpOptions(pinKeys);
        options.LookupKey = Some.Key(lookup);
        if (old is not null)
        {
            options.OldLookupKeys.Add(Some.Key(old));
        }

        return new(new KeyRing(Options.Create(options)));
    }
}
