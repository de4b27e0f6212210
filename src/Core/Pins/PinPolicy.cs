using System.Security.Cryptography;

namespace OtpPipeline.Core.Pins;

/// <summary>Generates PINs of one kind.</summary>
/// <param name="Type">The kind of characters.</param>
/// <param name="Length">4 to 10 characters.</param>
/// <param name="Own">The alphabet of the application, or of a compatible API's key, instead of the type's; letters and digits.</param>
public readonly record struct PinPolicy(PinType Type, int Length, string? Own = null)
{
    private const string Digits = "0123456789";
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Distinct = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

    public string Alphabet => Own ?? Type switch
    {
        PinType.Numbers => Digits,
        PinType.Letters => Letters,
        _ => Distinct,
    };

    /// <summary>How many different PINs are possible.</summary>
    public double Codes => Math.Pow(Alphabet.Length, Length);

    /// <summary>The comparison is case-sensitive: the alphabet has lower-case letters.</summary>
    public bool IsExact => Own?.Any(char.IsAsciiLetterLower) == true;

    /// <summary>Generates a PIN with the cryptographic generator; every PIN of the policy is equally likely.</summary>
    public Pin Next() => new(RandomNumberGenerator.GetString(Alphabet, Length), IsExact);
}

/// <summary>What a PIN is made of.</summary>
public enum PinType
{
    /// <summary>0 to 9.</summary>
    Numbers,

    /// <summary>A to Z, compared without case.</summary>
    Letters,

    /// <summary>Digits and letters that cannot be taken for one another: no 0 and O, no 1, I and L.</summary>
    Alphanumeric,
}
