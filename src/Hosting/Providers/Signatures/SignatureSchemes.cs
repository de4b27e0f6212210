using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Entries;

namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>The signature schemes by name.</summary>
public static class SignatureSchemes
{
    private const string Unsigned = "none";

    private static readonly Dictionary<string, Func<SignatureOptions, Func<string, string>, ISignatureScheme>> Known =
        new(StringComparer.Ordinal)
        {
            [Unsigned] = (_, _) => new TokenOnly(),
            ["twilio"] = (o, value) => new TwilioSignature(value(o.Secret!)),
            ["vonage"] = (o, value) => new VonageSignature(value(o.Secret!), o.Algorithm is { } name ? value(name) : "md5hash"),
            ["meta"] = (o, value) => new MetaSignature(value(o.Secret!), o.VerifyToken is { } name ? value(name) : ""),
        };

    /// <summary>Names of the secrets and settings that a scheme needs.</summary>
    public static IEnumerable<string> Used(SignatureOptions options) =>
        new[] { options.Secret, options.Algorithm, options.VerifyToken }.OfType<string>();

    /// <summary>Only the secret address of a delivery makes a receipt authentic.</summary>
    public static bool IsUnsigned(SignatureOptions options) => options.Scheme is Unsigned;

    /// <summary>Adds an error for an unknown scheme or a missing secret.</summary>
    public static bool Check(SignatureOptions options, EntryProblems problems)
    {
        if (!Known.ContainsKey(options.Scheme))
        {
            problems.Add("Receipt:Signature:Scheme", $"must be {string.Join(", ", Known.Keys)}.");
            return false;
        }

        if (options.Scheme is not Unsigned && string.IsNullOrEmpty(options.Secret))
        {
            problems.Add("Receipt:Signature:Secret", "is missing: name the setting, or the entry of Secrets, that holds the key.");
            return false;
        }

        return true;
    }

    /// <summary>Creates a scheme that <see cref="Check"/> found right.</summary>
    /// <param name="options">Name the scheme and its secrets.</param>
    /// <param name="value">From the name of a secret or setting to its value.</param>
    public static ISignatureScheme Create(SignatureOptions options, Func<string, string> value) =>
        options.Secret is { } secret && value(secret).Length == 0 ? new TokenOnly() : Known[options.Scheme](options, value);

    /// <summary>Without a signature, the secret address that we gave for one delivery is the proof.</summary>
    private sealed class TokenOnly : ISignatureScheme
    {
        public bool IsAuthentic(ReceiptRequest request, ReceiptFields fields, DateTime now) => request.Token is not null;
    }
}
