using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Pins;

public class A_PIN
{
    [Theory]
    [InlineData(PinType.Numbers, "0123456789")]
    [InlineData(PinType.Letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")]
    [InlineData(PinType.Alphanumeric, "23456789ABCDEFGHJKMNPQRSTUVWXYZ")]
    public void Is_made_of_its_alphabet_in_its_length(PinType type, string alphabet)
    {
        for (var length = 4; length <= 10; length++)
        {
            var policy = new PinPolicy(type, length);
            var pins = Enumerable.Range(0, 2_000).Select(_ => policy.Next().Reveal()).ToList();

            pins.ShouldAllBe(p => p.Length == length);
            pins.SelectMany(p => p).Distinct().Order().ShouldBe(alphabet.Order());
        }
    }

    [Theory]
    [InlineData("aBc-12", "aBc-12", true)]
    [InlineData("aBc-12", "ABC-12", false)]
    [InlineData("ABC", "abc", false)]
    public void Of_the_caller_is_compared_with_its_case(string pin, string guess, bool matches) =>
        new Pin(pin, exact: true).Matches(new(guess)).ShouldBe(matches);

    [Fact]
    public void Of_an_alphabet_with_small_letters_is_compared_with_its_case()
    {
        var pin = new PinPolicy(PinType.Numbers, 10, "abcdef").Next();

        pin.Matches(new(pin.Reveal())).ShouldBeTrue();
        pin.Matches(new(pin.Reveal().ToUpperInvariant())).ShouldBeFalse();
    }

    [Fact]
    public void Has_no_look_alikes_when_letters_and_digits_mix() =>
        new PinPolicy(PinType.Alphanumeric, 6).Alphabet.IndexOfAny(['0', 'O', '1', 'I', 'L']).ShouldBe(-1);

    // Six standard deviations: by chance it fails once in a thousand million runs. Bytes modulo 31 would give about 590.
    [Theory]
    [InlineData(PinType.Numbers)]
    [InlineData(PinType.Letters)]
    [InlineData(PinType.Alphanumeric)]
    public void Has_every_character_as_often_as_any_other_at_every_place(PinType type)
    {
        const int Pins = 40_000;
        const int Length = 5;
        var policy = new PinPolicy(type, Length);
        var counts = Enumerable.Range(0, Length).Select(_ => policy.Alphabet.ToDictionary(c => c, _ => 0)).ToArray();
        var whole = policy.Alphabet.ToDictionary(c => c, _ => 0);
        for (var i = 0; i < Pins; i++)
        {
            var pin = policy.Next().Reveal();
            for (var place = 0; place < Length; place++)
            {
                counts[place][pin[place]]++;
                whole[pin[place]]++;
            }
        }

        counts.ShouldAllBe(c => ChiSquare(c.Values) < Threshold(policy.Alphabet.Length - 1));
        ChiSquare(whole.Values).ShouldBeLessThan(Threshold(policy.Alphabet.Length - 1));
    }

    [Theory]
    [InlineData("0042", "0042", false, true)]
    [InlineData("0042", "42", true, true)]
    [InlineData("0042", "42", false, false)]
    [InlineData("0000", "0", true, true)]
    [InlineData("0042", "0042", true, true)]
    [InlineData("0042", "00042", true, false)]
    [InlineData("0042", "00042", false, false)]
    [InlineData("ABCD", "abCd", false, true)]
    [InlineData("ABCD", "abce", false, false)]
    [InlineData("ABCD", "", false, false)]
    [InlineData("ABCD", "ABCDE", false, false)]
    [InlineData("A2C4", "a2c4", false, true)]
    public void Is_matched_by_what_stands_for_it(string pin, string guess, bool number, bool matches) =>
        new Pin(pin).Matches(new(guess, number)).ShouldBe(matches);

    [Theory]
    [InlineData("797751", "797 751")]
    [InlineData("930474", "930-474")]
    [InlineData("930474", " 930\u2013474 ")]
    [InlineData("930474", "930\u2011474")]
    [InlineData("930474", "930\u2212474")]
    [InlineData("930474", "930\u30FC474")]
    [InlineData("930474", "\u200E930\u00A0474\u200B\uFEFF")]
    [InlineData("930474", "9\uFE0F\u20E33\uFE0F\u20E30474")]
    [InlineData("797751", "\uFF17\uFF19\uFF17\uFF17\uFF15\uFF11")]
    [InlineData("123456", "\u0661\u0662\u0663\u0664\u0665\u0666")]
    [InlineData("123456", "\u06F1\u06F2\u06F3\u06F4\u06F5\u06F6")]
    [InlineData("123456", "\u0967\u0968\u0969\u096A\u096B\u096C")]
    [InlineData("123456", "\U0001D7CF\U0001D7D0\U0001D7D1\U0001D7D2\U0001D7D3\U0001D7D4")]
    [InlineData("ABCD", "\uFF41 b\uFF0Dc d")]
    public void Is_matched_however_a_person_typed_it(string pin, string guess) => new Pin(pin).Matches(new(guess)).ShouldBeTrue();

    [Theory]
    [InlineData("ABCD", "\u0410BCD")]
    [InlineData("123456", "123.456")]
    [InlineData("123456", "12345")]
    [InlineData("123456", "\uD800123456")]
    public void Is_not_matched_by_what_only_looks_like_it(string pin, string guess) => new Pin(pin).Matches(new(guess)).ShouldBeFalse();

    [Theory]
    [InlineData("12-34", "12-34", true)]
    [InlineData("12-34", "12 - 34", true)]
    [InlineData("12-34", "12\u201334", true)]
    [InlineData("12-34", "1234", false)]
    [InlineData("12 34", "12 34", true)]
    [InlineData("12 34", "12\u00A034", true)]
    [InlineData("12 34", "12 3-4", true)]
    [InlineData("12 34", "1234", false)]
    [InlineData("----", "----", true)]
    [InlineData("----", "---", false)]
    [InlineData("\u00E9clair", "e\u0301clair", true)]
    [InlineData("Secret", "secret", false)]
    [InlineData("\u0661\u0662\u0663\u0664", "1234", true)]
    public void Of_the_caller_keeps_what_it_contains_itself(string pin, string guess, bool matches) =>
        new Pin(pin, exact: true).Matches(new(guess)).ShouldBe(matches);

    [Fact]
    public void Is_compared_as_it_stands_with_a_guess_that_is_too_long_to_be_one()
    {
        new Pin("1234").Matches(new(new string(' ', 300) + "1234")).ShouldBeFalse();
        new Pin("1234").Matches(new(new string(' ', 200) + "1234")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("12 34", "1234", true)]
    [InlineData("12-34", "12\u201334", true)]
    [InlineData("----", "----", true)]
    [InlineData("----", "-----", false)]
    [InlineData("abcd", "ABCD", false)]
    public void Is_searched_without_what_typing_adds(string pin, string typed, bool found) =>
        Some.Secrets.HashPin(Guid.Empty, "p", new(pin)).SequenceEqual(Some.Secrets.HashPin(Guid.Empty, "p", new(typed))).ShouldBe(found);

    private static double ChiSquare(ICollection<int> counts)
    {
        var expected = counts.Average();
        return counts.Sum(c => (c - expected) * (c - expected) / expected);
    }

    // Wilson and Hilferty's approximation of the quantile.
    private static double Threshold(int degrees)
    {
        var spread = 2.0 / (9 * degrees);
        return degrees * Math.Pow(1 - spread + (6 * Math.Sqrt(spread)), 3);
    }
}
