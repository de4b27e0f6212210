using System.Security.Cryptography;

namespace OtpPipeline.Core.Secrets;

/// <summary>
/// New keys and secrets, all of them from the cryptographic generator; whoever makes one shows it once and stores its hash.
/// </summary>
public static class Credentials
{
    private const string ApiKeyKind = "otp_live_";
    private const int VisibleCharacters = 4;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int Length = 43;

    /// <summary>A key for X-API-KEY: its kind, by which scanners know it, and 256 random bits.</summary>
    public static string NewApiKey() => ApiKeyKind + Text();

    /// <summary>
    /// What of a key stays visible: its kind where we made it, and four characters, by which people recognise it and nobody guesses it.
    /// </summary>
    public static string Prefix(string key)
    {
        var kind = key.StartsWith(ApiKeyKind, StringComparison.Ordinal) && key.Length == ApiKeyKind.Length + Length ? ApiKeyKind.Length : 0;
        return key[..Math.Min(kind + VisibleCharacters, key.Length)];
    }

    /// <summary>A secret that belongs to an id: 256 random bits.</summary>
    public static string NewSecret() => "otp_secret_" + Text();

    /// <summary>A secret that signs callbacks, as Standard Webhooks writes it, and its bytes.</summary>
    public static (string Text, byte[] Bytes) NewWebhookSecret()
    {
        var bytes = RandomNumberGenerator.GetBytes(32);
        return ("whsec_" + Convert.ToBase64String(bytes), bytes);
    }

    /// <summary>Random bytes in lower-case hexadecimal digits.</summary>
    public static string NewHex(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));

    /// <summary>From 1 to the limit, without the limit.</summary>
    public static int NewNumber(int limit) => RandomNumberGenerator.GetInt32(1, limit);

    private static string Text() => RandomNumberGenerator.GetString(Alphabet, Length);
}
