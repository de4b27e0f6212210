namespace OtpPipeline.Core.Recipients;

/// <summary>The result of parsing a phone number: one of the nested records.</summary>
public abstract record PhoneParseResult
{
    private PhoneParseResult()
    {
    }

    /// <summary>A valid number of a known country.</summary>
    public sealed record Ok(PhoneNumber Number) : PhoneParseResult;

    /// <summary>The number is national, but no country was given.</summary>
    public sealed record CountryMissing : PhoneParseResult
    {
        internal static readonly CountryMissing Instance = new();
    }

    /// <summary>The number is national, but the given country does not exist ("UK", "ZZ").</summary>
    public sealed record CountryInvalid : PhoneParseResult
    {
        internal static readonly CountryInvalid Instance = new();
    }

    /// <summary>Not a phone number, or not in use anywhere or in that country.</summary>
    public sealed record NumberInvalid : PhoneParseResult
    {
        internal static readonly NumberInvalid Instance = new();
    }

    /// <summary>A valid number with an extension, to which no message can be sent.</summary>
    public sealed record ExtensionGiven : PhoneParseResult
    {
        internal static readonly ExtensionGiven Instance = new();
    }
}
