using System.Security.Cryptography;

namespace OtpPipeline.Core.Secrets;

/// <summary>Generates keys and secrets with the cryptographic generator.</summary>
/// <remarks>The caller shows a secret once and stores only its hash.</remarks>
public static class Credentials
{
    private const string LiveKey = "otp_live_";
    private const string TestKey = "otp_test_";
    private const int VisibleCharacters = 4;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int Length = 43;

    /// <summary>A key for X-API-KEY: a prefix for secret scanners, and 256 random bits.</summary>
    public static string NewApiKey(bool isTest = false) => (isTest ? TestKey : LiveKey) + Text();

    /// <summary>The visible part of a key: our prefix, if present, and four characters: enough to recognise, not to guess.</summary>
    public static string Prefix(string key)
    {
        var isOurs = key.StartsWith(LiveKey, StringComparison.Ordinal) || key.StartsWith(TestKey, StringComparison.Ordinal);
        var kind = isOurs && key.Length == LiveKey.Length + Length ? LiveKey.Length : 0;
        return key[..Math.Min(kind + VisibleCharacters, key.Length)];
    }

    /// <summary>A secret that belongs to an id: 256 random bits.</summary>
    public static string NewSecret() => "otp_secret_" + Text();

    /// <summary>A secret that signs callbacks, in the text form of Standard Webhooks, and its bytes.</summary>
    public static (string Text, byte[] Bytes) NewWebhookSecret()
    {
        var bytes = RandomNumberGenerator.GetBytes(32);
        return ("whsec_" + Convert.ToBase64String(bytes), bytes);
    }

    /// <summary>Random bytes in lower-case hexadecimal digits.</summary>
    public static string NewHex(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));

    /// <summary>A random number from 1 to below the limit.</summary>
    public static int NewNumber(int limit) => RandomNumberGenerator.GetInt32(1, limit);

    private static string Text() => RandomNumberGenerator.GetString(Alphabet, Length);
}
