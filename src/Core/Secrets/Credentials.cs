using System.Security.Cryptography;

namespace OtpPipeline.Core.Secrets;

/// <summary>New keys and secrets, all of them from the cryptographic generator; whoever makes one shows it once and stores its hash.</summary>
public static class Credentials
{
    /// <summary>How many characters of a key stay visible.</summary>
    public const int VisiblePrefix = 15;

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int Length = 43;

    /// <summary>A key for X-API-KEY: its kind, by which scanners know it, and 256 random bits.</summary>
    public static string NewApiKey() => "otp_live_" + Text();

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
