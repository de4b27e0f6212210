using System.Security.Cryptography;
using System.Text;

namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>Compares signatures.</summary>
internal static class SignatureText
{
    /// <summary>Compares in a time that depends on the lengths only.</summary>
    public static bool Same(string expected, string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));
}
