using System.Globalization;

namespace OtpPipeline.Core.Recipients;

/// <summary>A valid phone number of a country. Prints itself masked; only <see cref="E164"/> holds the whole number.</summary>
public sealed record PhoneNumber
{
    private readonly int _prefixLength;
    private readonly LineType? _type;

    internal PhoneNumber(string e164, string countryIso, int callingCode, LineType? type)
    {
        E164 = e164;
        CountryIso = countryIso;
        _prefixLength = Prefix(callingCode).Length;
        _type = type;
    }

    /// <summary>Plus sign, calling code and national number, without any separator: "+33612246400".</summary>
    public string E164 { get; }

    /// <summary>The country of the number, two letters in upper case: "FR".</summary>
    public string CountryIso { get; }

    /// <summary>The kind of line; null for a stored number that is no longer in its numbering plan.</summary>
    public LineType? Type => _type ?? PhoneReader.TypeOf(E164);

    /// <summary>
    /// Parses a number in E.164, as written within <paramref name="countryIso"/> (two letters in any case), or as pasted.
    /// </summary>
    /// <remarks>
    /// An E.164 number ignores the country, even an unknown one. Codes that belong to no country (+800, +870, +881, ...) are invalid: no
    /// OTP is sent there. A text that cannot be a number is <see cref="PhoneParseResult.NumberInvalid"/> even when the country is missing.
    /// </remarks>
    public static PhoneParseResult Parse(string? text, string? countryIso) => PhoneReader.Read(text ?? "", countryIso);

    /// <summary>Adds the plus sign before the first digit, for clients that omit it.</summary>
    public static string WithPlus(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var first = text.TakeWhile(c => !char.IsDigit(c)).Count();
        return text.AsSpan(0, first).ContainsAny('+', '\uFF0B') ? text : text.Insert(first, "+");
    }

    /// <summary>Whether a two-letter code, in any case, is a country with phone numbers. "UK" is not.</summary>
    public static bool IsKnownCountry(string? iso) => iso is not null && PhoneReader.FindCallingCode(iso.ToUpperInvariant()) is not null;

    /// <summary>Loads the numbering plans of all countries, so that the first number of a country is not slower.</summary>
    public static void LoadPlans() => PhoneReader.Load();

    /// <summary>Restores a stored number: checks only its shape, because numbering plans change.</summary>
    /// <exception cref="ArgumentException">The text is not an E.164 number, or the country is unknown.</exception>
    public static PhoneNumber FromStored(string e164, string countryIso)
    {
        ArgumentNullException.ThrowIfNull(e164);
        ArgumentNullException.ThrowIfNull(countryIso);
        if (PhoneReader.FindCallingCode(countryIso) is not { } callingCode
            || !e164.StartsWith(Prefix(callingCode), StringComparison.Ordinal)
            || e164.AsSpan(1).ContainsAnyExceptInRange('0', '9'))
        {
            throw new ArgumentException("The stored phone number does not fit its country.", nameof(e164));
        }

        return new PhoneNumber(e164, countryIso, callingCode, type: null);
    }

    /// <summary>Compares number and country: the type follows from them.</summary>
    public bool Equals(PhoneNumber? other) =>
        other is not null && E164.Equals(other.E164, StringComparison.Ordinal)
            && CountryIso.Equals(other.CountryIso, StringComparison.Ordinal);

    public override int GetHashCode() => E164.GetHashCode(StringComparison.Ordinal);

    /// <summary>The calling code and at most the last three digits: "+33•••••400".</summary>
    public override string ToString() => $"{E164.AsSpan(0, _prefixLength)}{Masking.Tail(E164.AsSpan(_prefixLength))}";

    private static string Prefix(int callingCode) => string.Create(CultureInfo.InvariantCulture, $"+{callingCode}");
}
