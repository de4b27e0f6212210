namespace OtpPipeline.Core.Recipients;

/// <summary>From digits to a number of a country; agrees with libphonenumber-js and its max metadata, which a test compares.</summary>
internal static class PhoneNumberParser
{
    private const int ShortestNumber = 2;
    private const int LongestNumber = 17;

    /// <summary>A number written with a plus sign, or behind an access code: the digits begin with a calling code.</summary>
    public static PhoneNumber? International(string digits) =>
        NumberingPlans.OfInternational(digits) is { } main ? Build(main, digits[main.CallingCode.Length..], country: null) : null;

    /// <summary>A number as it is written or dialled within a country.</summary>
    public static PhoneNumber? National(string digits, NumberingPlan country)
    {
        if (country.WithoutAccessCode(digits) is { } international)
        {
            return International(international);
        }

        return IsMissingOnlyThePlus(digits, country)
            ? International(digits)
            : Build(country, digits, country);
    }

    private static PhoneNumber? Build(NumberingPlan plan, string digits, NumberingPlan? country)
    {
        var number = SignificantNumber(digits, plan);
        if (number.Length is < ShortestNumber or > LongestNumber)
        {
            return null;
        }

        var owner = OwnerOf(number, plan) ?? country;
        return owner?.IsValid(number) == true ? new PhoneNumber(owner, number) : null;
    }

    // "33 6 12 24 64 00" given with FR. Where the digits are a good number as they stand (49 is also an area code in Germany), they stay.
    private static bool IsMissingOnlyThePlus(string digits, NumberingPlan country)
    {
        if (!digits.StartsWith(country.CallingCode, StringComparison.Ordinal))
        {
            return false;
        }

        var asWritten = SignificantNumber(digits, country);
        return country.IsTooLong(asWritten)
            || (!country.IsPlausible(asWritten)
                && country.IsPlausible(SignificantNumber(digits[country.CallingCode.Length..], country)));
    }

    // A prefix may also be the first digits of a number (8 in Russia): it goes only where what is left is no worse than the whole.
    private static string SignificantNumber(string digits, NumberingPlan plan)
    {
        var stripped = plan.WithoutNationalPrefix(digits);
        if (string.Equals(stripped, digits, StringComparison.Ordinal))
        {
            return digits;
        }

        if (plan.IsPlausible(digits) && !plan.IsPlausible(stripped))
        {
            return digits;
        }

        return (OwnerOf(stripped, plan) ?? plan).IsLongEnough(stripped) ? stripped : digits;
    }

    // Countries that share a calling code are asked in the metadata's order, the main one first: numbers that several claim are its own.
    private static NumberingPlan? OwnerOf(string number, NumberingPlan plan)
    {
        var sharing = NumberingPlans.Sharing(plan);
        if (sharing.Length == 1)
        {
            return plan;
        }

        foreach (var candidate in sharing)
        {
            if (candidate.HasLeadingDigits ? candidate.BeginsAsHere(number) : candidate.IsValid(number))
            {
                return candidate;
            }
        }

        return null;
    }
}
