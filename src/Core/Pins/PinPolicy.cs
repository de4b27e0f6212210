using System.Security.Cryptography;

namespace OtpPipeline.Core.Pins;

/// <summary>Makes PINs of one kind and brings what a user typed into their form.</summary>
/// <param name="Type">What it is made of.</param>
/// <param name="Length">4 to 10 characters.</param>
/// <param name="Own">Characters of the application's, or of a compatible API's key, instead of those of the type; letters and
/// digits.</param>
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

    /// <summary>How many different PINs it makes.</summary>
    public double Codes => Math.Pow(Alphabet.Length, Length);

    /// <summary>Its PINs are compared with their case: the alphabet has lower-case letters.</summary>
    public bool IsExact => Own?.Any(char.IsAsciiLetterLower) == true;

    /// <summary>A PIN from the cryptographic generator; every PIN of the policy is equally likely.</summary>
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
