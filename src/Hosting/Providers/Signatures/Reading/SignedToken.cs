using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OtpPipeline.Hosting.Providers.Signatures.Reading;

/// <summary>A JSON web token that a provider signed with a secret: HS256, HS384 or HS512.</summary>
/// <remarks>Providers give out secrets that are shorter than the libraries for such tokens accept.</remarks>
internal static class SignedToken
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Returns the claims; null if the secret did not sign the token, or its time is over or to come.</summary>
    public static IReadOnlyDictionary<string, string>? Read(string? token, byte[] key, DateTime now)
    {
        if (token?.Split('.') is not [var header, var claims, var signature] || Fields(header) is not { } about)
        {
            return null;
        }

        var text = Encoding.UTF8.GetBytes($"{header}.{claims}");
        var expected = about.GetValueOrDefault("alg") switch
        {
            "HS256" => HMACSHA256.HashData(key, text),
            "HS384" => HMACSHA384.HashData(key, text),
            "HS512" => HMACSHA512.HashData(key, text),
            _ => null,
        };
        return expected is not null && SignatureText.Same(Base64Url.EncodeToString(expected), signature)
            && Fields(claims) is { } fields && IsTimely(fields, now)
            ? fields
            : null;
    }

    private static bool IsTimely(Dictionary<string, string> claims, DateTime now) =>
        Time(claims, "exp") is var expires && (expires is null || now - Tolerance < expires)
        && Time(claims, "nbf") is var begins && (begins is null || now + Tolerance > begins);

    /// <summary>Returns null for no such claim; the beginning of time for one that is no time.</summary>
    private static DateTime? Time(Dictionary<string, string> claims, string name) =>
        !claims.TryGetValue(name, out var text) ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime
            : DateTime.MinValue;

    private static Dictionary<string, string>? Fields(string part)
    {
        try
        {
            using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part), new() { AllowDuplicateProperties = false });
            return document.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString(), StringComparer.Ordinal);
        }
        catch (Exception unreadable) when (unreadable is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
