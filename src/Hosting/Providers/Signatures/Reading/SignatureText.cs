using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OtpPipeline.Hosting.Providers.Signatures.Reading;

/// <summary>Compares signatures, and their times.</summary>
internal static class SignatureText
{
    /// <summary>How far from now the time of a signature may be, unless its provider repeats old ones.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>True if the time, in seconds since 1970, is so near to now.</summary>
    public static bool IsRecent(string? timestamp, DateTime now, TimeSpan tolerance) =>
        long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(seconds - new DateTimeOffset(now, TimeSpan.Zero).ToUnixTimeSeconds()) <= tolerance.TotalSeconds;

    /// <summary>Compares in a time that depends on the lengths only.</summary>
    public static bool Same(string expected, string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));
}
