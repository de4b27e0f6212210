using System.Net;
using System.Text;

namespace OtpPipeline.Api.Requests;

/// <summary>HTTP Basic: a name and a password.</summary>
/// <param name="Name">The text before the first colon.</param>
/// <param name="Password">The text after it; may contain colons.</param>
internal readonly record struct BasicCredentials(string Name, string Password)
{
    /// <summary>The challenge of every endpoint that takes HTTP Basic (RFC 7617).</summary>
    public const string Challenge = "Basic realm=\"OtpPipeline\", charset=\"UTF-8\"";

    private const string Scheme = "Basic ";
    private const int MaxLength = 2000;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the header Authorization; false where it is missing, repeated, of another scheme or malformed.</summary>
    public static bool TryRead(HttpRequest request, out BasicCredentials credentials)
    {
        credentials = default;
        var header = request.Headers.Authorization;
        if (header.Count != 1 || header.ToString() is not { Length: <= MaxLength } text
            || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text[Scheme.Length..].Trim(), bytes, out var length)
            || Read(bytes.AsSpan(0, length)) is not { } pair)
        {
            return false;
        }

        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return false;
        }

        credentials = new(pair[..colon], pair[(colon + 1)..]);
        return true;
    }

    /// <summary>The credentials form-decoded, as clients of RFC 6749 2.3.1 encode them; null where that changes nothing.</summary>
    public BasicCredentials? FormDecoded()
    {
        var decoded = new BasicCredentials(WebUtility.UrlDecode(Name), WebUtility.UrlDecode(Password));
        return decoded == this ? null : decoded;
    }

    /// <summary>The text; null where it is not UTF-8, because different invalid bytes would decode to the same text.</summary>
    private static string? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Prints the name only.</summary>
    public override string ToString() => Name;
}
