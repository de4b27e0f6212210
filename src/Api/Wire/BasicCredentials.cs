using System.Text;

namespace OtpPipeline.Api.Wire;

/// <summary>HTTP Basic: a name and a password.</summary>
/// <param name="Name">What stands before the first colon.</param>
/// <param name="Password">All that stands behind it, colons too.</param>
internal readonly record struct BasicCredentials(string Name, string Password)
{
    private const string Scheme = "Basic ";
    private const int MaxLength = 2000;

    /// <summary>Reads the header Authorization; false where it is missing, repeated, of another scheme or malformed.</summary>
    public static bool TryRead(HttpRequest request, out BasicCredentials credentials)
    {
        credentials = default;
        var header = request.Headers.Authorization;
        if (header.Count != 1 || header.ToString() is not { Length: <= MaxLength } text || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text[Scheme.Length..].Trim(), bytes, out var length))
        {
            return false;
        }

        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return false;
        }

        credentials = new(pair[..colon], pair[(colon + 1)..]);
        return true;
    }

    /// <summary>Prints the name only.</summary>
    public override string ToString() => Name;
}
