using System.Buffers;
using PhoneNumbers;

namespace OtpPipeline.Core.Recipients;

/// <summary>Parses phone numbers as typed and pasted, with libphonenumber.</summary>
internal static class PhoneReader
{
    // The library throws for longer texts.
    private const int LongestText = 250;

    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    /// <summary>Parses a text; the country applies to national numbers only.</summary>
    public static PhoneParseResult Read(string text, string? countryIso)
    {
        var possible = text.Length <= LongestText ? PhoneNumberUtil.ExtractPossibleNumber(text) : "";

        // The library reads the parameters of RFC 3966 (";phone-context=+33") before the number.
        var readable = PhoneNumberUtil.IsViablePhoneNumber(possible)
            || (possible.Length > 0 && text.Contains(';', StringComparison.Ordinal));
        var international = possible is ['+' or '\uFF0B', ..] || text.Contains(";phone-context=+", StringComparison.Ordinal);
        var country = countryIso?.ToUpperInvariant();
        var known = country is not null && FindCallingCode(country) is not null;
        if (!international && !known && !string.IsNullOrWhiteSpace(country))
        {
            return PhoneParseResult.CountryInvalid.Instance;
        }

        return !readable || IsSpelled(possible) ? PhoneParseResult.NumberInvalid.Instance
            : international || known ? Parse(text, known ? country : null)
            : PhoneParseResult.CountryMissing.Instance;
    }

    /// <summary>Null for an invalid number.</summary>
    public static LineType? TypeOf(string e164) => Parse(e164, country: null) is PhoneParseResult.Ok ok ? ok.Number.Type : null;

    /// <summary>Null unless the text is a country with phone numbers, two letters in upper case.</summary>
    public static int? FindCallingCode(string countryIso) => Library.GetCountryCodeForRegion(countryIso) is > 0 and var code ? code : null;

    /// <summary>Parses numbers of every country: the library loads a plan, and builds its patterns, on first use.</summary>
    public static void Load()
    {
        foreach (var plan in Library.GetSupportedRegions().Select(Library.GetMetadataForRegion))
        {
            Read(plan.FixedLine.ExampleNumber, plan.Id);
            Read(plan.Mobile.ExampleNumber, plan.Id);
        }
    }

    // The library maps letters to telephone keys: "(mobile)" after a German number would change the number.
    private static bool IsSpelled(string possible) =>
        possible.AsSpan().ContainsAny(Letters) && Library.IsAlphaNumber(possible.Split(';', 2)[0]);

    private static PhoneParseResult Parse(string text, string? country)
    {
        try
        {
            var read = Library.Parse(text, country);

            // A number with a type is valid, and one with a two-letter region belongs to a country.
            if (Library.GetRegionCodeForNumber(read) is not { Length: 2 } region || TypeOf(Library.GetNumberType(read)) is not { } type)
            {
                return PhoneParseResult.NumberInvalid.Instance;
            }

            return read.HasExtension
                ? PhoneParseResult.ExtensionGiven.Instance
                : new PhoneParseResult.Ok(new(Library.Format(read, PhoneNumberFormat.E164), region, read.CountryCode, type));
        }
        catch (NumberParseException)
        {
            // Clients can send any text as a phone number.
            return PhoneParseResult.NumberInvalid.Instance;
        }
    }

    private static LineType? TypeOf(PhoneNumberType type) => type switch
    {
        PhoneNumberType.FIXED_LINE => LineType.FixedLine,
        PhoneNumberType.MOBILE => LineType.Mobile,
        PhoneNumberType.FIXED_LINE_OR_MOBILE => LineType.FixedLineOrMobile,
        PhoneNumberType.TOLL_FREE => LineType.TollFree,
        PhoneNumberType.PREMIUM_RATE => LineType.PremiumRate,
        PhoneNumberType.SHARED_COST => LineType.SharedCost,
        PhoneNumberType.VOIP => LineType.Voip,
        PhoneNumberType.PERSONAL_NUMBER => LineType.Personal,
        PhoneNumberType.PAGER => LineType.Pager,
        PhoneNumberType.UAN => LineType.Company,
        PhoneNumberType.VOICEMAIL => LineType.Voicemail,
        _ => null,
    };
}
