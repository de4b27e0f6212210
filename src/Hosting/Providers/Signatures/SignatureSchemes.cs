using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Hosting.Providers.Signatures.Reading;
using OtpPipeline.Hosting.Providers.Signatures.Sns;

namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>The signature schemes by name.</summary>
public static class SignatureSchemes
{
    private const string Unsigned = "none";
    private const string Sns = "sns";

    private static readonly Dictionary<string, Func<SignatureOptions, Func<string, string>, ISignatureScheme>> Known =
        new(StringComparer.Ordinal)
        {
            [Unsigned] = (_, _) => new TokenOnly(),
            ["basic"] = (o, value) => SharedSecretSignature.Basic(value(o.Username!), value(o.Secret!)),
            ["header"] = (o, value) => SharedSecretSignature.InHeader(o.Name!, value(o.Secret!)),
            ["mailgun"] = (o, value) => new MailgunSignature(value(o.Secret!)),
            ["messagebird"] = (o, value) => new MessageBirdSignature(value(o.Secret!)),
            ["meta"] = (o, value) => new MetaSignature(value(o.Secret!), o.VerifyToken is { } name ? value(name) : ""),
            ["plivo"] = (o, value) => new PlivoSignature(value(o.Secret!)),
            ["query"] = (o, value) => SharedSecretSignature.InQuery(o.Name!, value(o.Secret!)),
            ["sendgrid"] = (o, value) => new SendGridSignature(value(o.Secret!)),
            [Sns] = (o, value) => new SnsSignature(value(o.Secret!), SnsServer.Shared),
            ["telegram-gateway"] = (o, value) => new TelegramGatewaySignature(value(o.Secret!)),
            ["telnyx"] = (o, value) => new TelnyxSignature(value(o.Secret!)),
            ["twilio"] = (o, value) => new TwilioSignature(value(o.Secret!)),
            ["vonage"] = (o, value) => new VonageSignature(value(o.Secret!), o.Algorithm is { } name ? value(name) : "md5hash"),
            ["vonage-jwt"] = (o, value) => new VonageTokenSignature(value(o.Secret!)),
        };

    /// <summary>All names, for a sentence about a wrong one.</summary>
    public static string Names { get; } = string.Join(", ", Known.Keys);

    /// <summary>Names of the secrets and settings that a scheme needs.</summary>
    public static IEnumerable<string> Used(SignatureOptions options) =>
        new[] { options.Secret, options.Algorithm, options.VerifyToken, options.Username }.OfType<string>();

    /// <summary>Only the secret address of a delivery makes a receipt authentic.</summary>
    public static bool IsUnsigned(SignatureOptions options) => options.Scheme is Unsigned;

    /// <summary>Adds an error for an unknown scheme or a missing secret.</summary>
    public static bool Check(SignatureOptions options, EntryProblems problems)
    {
        if (!Known.ContainsKey(options.Scheme))
        {
            problems.Add("Receipt:Signature:Scheme", $"must be {Names}.");
            return false;
        }

        if (options.Scheme is not Unsigned && string.IsNullOrEmpty(options.Secret))
        {
            problems.Add("Receipt:Signature:Secret", "is missing: name the setting, or the entry of Secrets, that holds the key.");
            return false;
        }

        if (options.Scheme is "basic" && string.IsNullOrEmpty(options.Username))
        {
            problems.Add("Receipt:Signature:Username", "is missing: name the setting, or the entry of Secrets, that holds the user name.");
            return false;
        }

        if (options.Scheme is "header" or "query" && string.IsNullOrEmpty(options.Name))
        {
            problems.Add("Receipt:Signature:Name", $"is missing: give the name of the {Place(options)} that holds the secret.");
            return false;
        }

        return true;
    }

    /// <summary>Adds an error for a key that the scheme cannot use.</summary>
    public static bool CheckKey(SignatureOptions options, Func<string, string> value, EntryProblems problems)
    {
        if (options.Secret is not { } secret || value(secret) is not { Length: > 0 } key
            || WrongKey(options.Scheme, key) is not { } sentence)
        {
            return true;
        }

        problems.Add(secret, sentence);
        return false;
    }

    /// <summary>Creates a scheme that <see cref="Check"/> and <see cref="CheckKey"/> found right.</summary>
    /// <param name="options">Name the scheme and its secrets.</param>
    /// <param name="value">From the name of a secret or setting to its value.</param>
    public static ISignatureScheme Create(SignatureOptions options, Func<string, string> value) => Create(options, value, SnsServer.Shared);

    internal static ISignatureScheme Create(SignatureOptions options, Func<string, string> value, SnsServer sns) =>
        options.Secret is { } secret && value(secret).Length == 0 ? new TokenOnly()
            : options.Scheme is Sns ? new SnsSignature(value(options.Secret!), sns)
            : Known[options.Scheme](options, value);

    private static string? WrongKey(string scheme, string key) => scheme switch
    {
        "sendgrid" when !SendGridSignature.IsKey(key) =>
            "must be the verification key of the signed event webhook: a P-256 public key in base64.",
        Sns when !SnsSignature.AreTopics(key) => "must be the ARN of an SNS topic, or several with commas between.",
        "telnyx" when !TelnyxSignature.IsKey(key) => "must be the account's public key: 32 bytes in base64.",
        _ => null,
    };

    private static string Place(SignatureOptions options) => options.Scheme is "header" ? "header" : "parameter";

    /// <summary>Without a signature, the secret address that we gave for one delivery is the proof.</summary>
    private sealed class TokenOnly : ISignatureScheme
    {
        public bool IsAuthentic(ReceiptRequest request, ReceiptFields fields, DateTime now) => request.Token is not null;
    }
}
