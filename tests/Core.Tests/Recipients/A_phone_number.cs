using FsCheck;
using FsCheck.Fluent;
using OtpPipeline.Core.Recipients;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Recipients;

public class A_phone_number
{
    [Theory]
    [InlineData("+33612246400", "+33•••••400")]
    [InlineData("+12133734253", "+1•••••253")]
    [InlineData("+29022158", "+290•••••8")]
    public void Prints_itself_masked(string e164, string masked)
    {
        var result = PhoneNumber.Parse(e164, null).ShouldBeOfType<PhoneParseResult.Ok>();

        result.Number.ToString().ShouldBe(masked);
        $"{result}".ShouldNotContain(e164[^6..]);
    }

    [Fact]
    public void Is_equal_however_it_was_written() =>
        PhoneNumber.Parse("06 12 24 64 00", "FR").ShouldBe(PhoneNumber.Parse("+33612246400", null));

    [Fact]
    public void Comes_back_from_its_store_as_it_was()
    {
        var number = PhoneNumber.Parse("+447400123456", null).ShouldBeOfType<PhoneParseResult.Ok>().Number;

        var restored = PhoneNumber.FromStored(number.E164, number.CountryIso);

        restored.ShouldBe(number);
        restored.ToString().ShouldBe("+44•••••456");
    }

    // The example numbers of Google's metadata.
    [Theory]
    [InlineData("+33123456789", LineType.FixedLine)]
    [InlineData("+33612345678", LineType.Mobile)]
    [InlineData("+12015550123", LineType.FixedLineOrMobile)]
    [InlineData("+33801234567", LineType.TollFree)]
    [InlineData("+33891123456", LineType.PremiumRate)]
    [InlineData("+33884012345", LineType.SharedCost)]
    [InlineData("+19002345678", LineType.PremiumRate)]
    [InlineData("+449012345678", LineType.PremiumRate)]
    [InlineData("+33912345678", LineType.Voip)]
    [InlineData("+447012345678", LineType.Personal)]
    [InlineData("+447640123456", LineType.Pager)]
    [InlineData("+33806123456", LineType.Company)]
    [InlineData("+49177991234567", LineType.Voicemail)]
    public void Knows_its_type_also_when_it_comes_from_its_store(string e164, LineType type)
    {
        var number = PhoneNumber.Parse(e164, null).ShouldBeOfType<PhoneParseResult.Ok>().Number;

        number.Type.ShouldBe(type);
        PhoneNumber.FromStored(number.E164, number.CountryIso).Type.ShouldBe(type);
    }

    [Fact]
    public void Has_no_type_where_its_plan_does_not_know_it_any_more() => PhoneNumber.FromStored("+33000000000", "FR").Type.ShouldBeNull();

    [Theory]
    [InlineData("+33612246400", "GB")]
    [InlineData("33612246400", "FR")]
    [InlineData("+33 612246400", "FR")]
    [InlineData("+33612246400", "UK")]
    public void Is_not_restored_from_what_was_never_stored(string e164, string country) =>
        Should.Throw<ArgumentException>(() => PhoneNumber.FromStored(e164, country)).Message.ShouldNotContain("612");

    [Fact]
    public void Answers_any_text_and_any_country() =>
        Prop.ForAll(Texts(), Countries(), (text, country) => PhoneNumber.Parse(text, country) is not null)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Reads_its_own_E164_as_itself()
    {
        var valid = PhoneSamples.Make(5_000, seed: 1)
            .Select(sample => PhoneNumber.Parse(sample.Text, sample.Country))
            .OfType<PhoneParseResult.Ok>()
            .ToList();

        valid.Count.ShouldBeGreaterThan(1_500);
        foreach (var result in valid)
        {
            PhoneNumber.Parse(result.Number.E164, null).ShouldBe(result);
        }
    }

    [Fact]
    public void Is_read_the_same_by_many_threads_at_once()
    {
        var samples = PhoneSamples.Make(5_000, seed: 2);
        var alone = samples.ConvertAll(sample => PhoneNumber.Parse(sample.Text, sample.Country));

        var together = samples.AsParallel().AsOrdered().WithDegreeOfParallelism(16)
            .Select(sample => PhoneNumber.Parse(sample.Text, sample.Country)).ToList();

        together.ShouldBe(alone);
    }

    // Wholly random text rarely looks like a number; half of these are made of what numbers are made of.
    private static Arbitrary<string> Texts() =>
        Gen.OneOf(
            ArbMap.Default.GeneratorFor<string>(),
            Gen.Elements([.. "+0123456789 -().\uFF0B\uFF11\u0661#x~\n"]).ArrayOf()
                .Select(characters => new string(characters))).ToArbitrary();

    private static Arbitrary<string> Countries() =>
        Gen.OneOf(Gen.Elements("FR", "US", "AR", "br", "GG", "UK", "", null!), ArbMap.Default.GeneratorFor<string>()).ToArbitrary();
}
