using System.Globalization;
using PhoneNumbers;

namespace OtpPipeline.Core.Tests.Recipients;

/// <summary>Numbers as people write them, for every country of the metadata: right ones, and ones a digit or a length away.</summary>
internal static class PhoneSamples
{
    public sealed record Sample(string? Country, string Text);

    private sealed record Plan(string Code, string Idd, string Pattern, string? Prefix, string? Leading, string[] Types);

    public static List<Sample> Make(int count, int seed)
    {
        var plans = Read();
        var countries = plans.Keys.Order(StringComparer.Ordinal).ToArray();
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => One(countries[i % countries.Length], plans, random))];
    }

    private static Sample One(string country, Dictionary<string, Plan> plans, Random random)
    {
        var plan = plans[country];
        var number = Mutate(Number(plan, random), random);
        return random.Next(12) switch
        {
            0 or 1 or 2 => new(null, $"+{plan.Code}{number}"),
            3 => new(country, $"+{plan.Code}{Prefix(plan, random)}{number}"),
            4 => new(country, Separate($"+{plan.Code}", random) + Separate(number, random)),
            5 or 6 => new(country, number),
            7 or 8 => new(country, Prefix(plan, random) + Separate(number, random)),
            9 => new(country, Mutate($"{plan.Code}{number}", random)),
            10 => new(country, $"{DigitSampler.Sample(plan.Idd, random)}{plan.Code}{number}"),
            _ => new(Neighbour(country, plans, random), Prefix(plan, random) + number),
        };
    }

    private static string Number(Plan plan, Random random)
    {
        var choice = random.Next(10);
        return choice switch
        {
            0 => DigitSampler.Sample(plan.Pattern, random),
            1 => DigitSampler.Sample(plan.Leading ?? plan.Pattern, random) + DigitSampler.Sample(@"\d{4,8}", random),
            _ => DigitSampler.Sample(plan.Types[random.Next(plan.Types.Length)], random),
        };
    }

    private static string Mutate(string digits, Random random)
    {
        var at = random.Next(digits.Length);
        var digit = (char)('0' + random.Next(10));
        return random.Next(10) switch
        {
            0 => digits.Remove(at, 1),
            1 => digits.Insert(at, digit.ToString()),
            2 or 3 => digits.Remove(at, 1).Insert(at, digit.ToString()),
            4 => random.Next(2) == 0 ? digits + digits[^1] : digits[..^1],
            _ => digits,
        };
    }

    private static string Prefix(Plan plan, Random random) =>
        plan.Prefix is null || random.Next(8) == 0 ? "0" : DigitSampler.Sample(plan.Prefix, random);

    private static string Separate(string text, Random random)
    {
        string[] separators = [" ", "-", ".", ")", " (", "/", "  "];
        return text.Length < 3 ? text : text.Insert(random.Next(2, text.Length), separators[random.Next(separators.Length)]);
    }

    private static string Neighbour(string country, Dictionary<string, Plan> plans, Random random)
    {
        var sharing = plans.Where(other => string.Equals(other.Value.Code, plans[country].Code, StringComparison.Ordinal))
            .Select(other => other.Key).ToArray();
        return sharing.Length > 1 ? sharing[random.Next(sharing.Length)] : plans.Keys.ElementAt(random.Next(plans.Count));
    }

    private static Dictionary<string, Plan> Read()
    {
        var library = PhoneNumberUtil.GetInstance();
        return library.GetSupportedRegions()
            .ToDictionary(iso => iso, iso => PlanOf(library.GetMetadataForRegion(iso)), StringComparer.Ordinal);
    }

    private static Plan PlanOf(PhoneMetadata region)
    {
        PhoneNumberDesc[] types =
        [
            region.FixedLine, region.Mobile, region.TollFree, region.PremiumRate, region.SharedCost,
            region.Voip, region.PersonalNumber, region.Pager, region.Uan, region.Voicemail,
        ];
        return new(
            region.CountryCode.ToString(CultureInfo.InvariantCulture),
            region.InternationalPrefix,
            region.GeneralDesc.NationalNumberPattern,
            region.HasNationalPrefixForParsing ? region.NationalPrefixForParsing : null,
            region.HasLeadingDigits ? region.LeadingDigits : null,
            [.. types.Where(
                type => type.PossibleLengthList is not [-1]).Select(type => type.NationalNumberPattern).Where(p => p.Length > 0)]);
    }
}
