namespace OtpPipeline.Core.Recipients;

/// <summary>
/// A valid phone number of a country. It prints itself masked; only <see cref="E164"/> carries the whole number.
/// </summary>
public sealed record PhoneNumber
{
    private readonly int _callingCodeLength;

    internal PhoneNumber(NumberingPlan plan, string nationalNumber)
        : this($"+{plan.CallingCode}{nationalNumber}", plan.CountryIso, plan.CallingCode.Length)
    {
    }

    private PhoneNumber(string e164, string countryIso, int callingCodeLength)
    {
        E164 = e164;
        CountryIso = countryIso;
        _callingCodeLength = callingCodeLength;
    }

    /// <summary>Plus sign, calling code and national number, without any separator: "+33612246400".</summary>
    public string E164 { get; }

    /// <summary>The country that the number belongs to, two letters in upper case: "FR".</summary>
    public string CountryIso { get; }

    /// <summary>
    /// Reads a number in E.164 (then the country is ignored, even an unknown one) or as written within <paramref name="countryIso"/>
    /// (two letters in any case). Spaces, dashes, dots, slashes and brackets are ignored; extensions are refused.
    /// Codes that belong to no country (+800, +870, +881, ...) are invalid: no OTP is sent there.
    /// A text that cannot be a number at all is <see cref="PhoneParseResult.NumberInvalid"/> also when the country is missing.
    /// </summary>
    public static PhoneParseResult Parse(string? text, string? countryIso)
    {
        var digits = PhoneText.Digits(text ?? "", out var international);
        if (international)
        {
            return Result(digits is null ? null : PhoneNumberParser.International(digits));
        }

        if (string.IsNullOrWhiteSpace(countryIso))
        {
            return digits is null ? PhoneParseResult.NumberInvalid.Instance : PhoneParseResult.CountryMissing.Instance;
        }

        return NumberingPlans.OfCountry(countryIso) is { } country
            ? Result(digits is null ? null : PhoneNumberParser.National(digits, country))
            : PhoneParseResult.CountryInvalid.Instance;
    }

    /// <summary>Whether a two-letter code, in any case, names a country that has phone numbers. "UK" does not.</summary>
    public static bool IsKnownCountry(string? iso) => iso is not null && NumberingPlans.OfCountry(iso) is not null;

    /// <summary>A number that was parsed before it was stored: only its shape is checked, since numbering plans change.</summary>
    /// <exception cref="ArgumentException">The text is no E.164 number, or the country is unknown.</exception>
    public static PhoneNumber FromStored(string e164, string countryIso)
    {
        ArgumentNullException.ThrowIfNull(e164);
        ArgumentNullException.ThrowIfNull(countryIso);
        if (NumberingPlans.OfCountry(countryIso) is not { } plan
            || !e164.StartsWith($"+{plan.CallingCode}", StringComparison.Ordinal)
            || e164.AsSpan(1).ContainsAnyExceptInRange('0', '9'))
        {
            throw new ArgumentException("The stored phone number does not fit its country.", nameof(e164));
        }

        return new PhoneNumber(e164, plan.CountryIso, plan.CallingCode.Length);
    }

    /// <summary>The calling code and at most the last three digits: "+33•••••400".</summary>
    public override string ToString() =>
        $"{E164.AsSpan(0, 1 + _callingCodeLength)}{Masking.Tail(E164.AsSpan(1 + _callingCodeLength))}";

    private static PhoneParseResult Result(PhoneNumber? number) =>
        number is null ? PhoneParseResult.NumberInvalid.Instance : new PhoneParseResult.Ok(number);
}
