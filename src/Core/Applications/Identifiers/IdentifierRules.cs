using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using OtpPipeline.Core.Rules;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications.Identifiers;

/// <summary>The kinds of identifiers with their formats and settings.</summary>
public static partial class IdentifierRules
{
    /// <summary>Minimum characters of a secret that an operator supplies.</summary>
    public const int MinSecret = 8;

    /// <summary>Maximum characters of a secret.</summary>
    public const int MaxSecret = 500;

    /// <summary>A secret that an operator supplies.</summary>
    public static readonly TextRule Secret = new(MinSecret, MaxSecret);

    /// <summary>Minimum number of different codes that the settings of a two-factor key must allow.</summary>
    public const int FewestCodes = 10_000;

    private const int BeemAppLimit = 1_000_000_000;
    private const string CodePlaceholder = "%code%";

    private static readonly NumberRule CodeExpiry = new(1, 86_400);

    private static readonly FrozenDictionary<string, IdentifierSetting> None = FrozenDictionary<string, IdentifierSetting>.Empty;

    private static readonly FrozenDictionary<IdentifierKind, IdentifierShape> Shapes = new Dictionary<IdentifierKind, IdentifierShape>
    {
        [IdentifierKind.TokenClient]
        = new(Plain(), "1 to 100 printable characters without a colon", HasSecret: true, IsSecret: false, None, Make: null),
        [IdentifierKind.BeemApp] = new(
            Number(), "a number from 1 to 999999999", HasSecret: false, IsSecret: false,
            From(("forbiddenOnRefusal", new("false", "true or false", v => v is "true" or "false"))),
            () => Credentials.NewNumber(BeemAppLimit).ToString(CultureInfo.InvariantCulture)),
        [IdentifierKind.BeemKey]
        = new(
            Plain(), "1 to 100 printable characters without a colon", HasSecret: true, IsSecret: false, None, () => Credentials.NewHex(8)),
        [IdentifierKind.BizmagnetsConfig] = new(
            PathPart(), "1 to 100 letters, digits, '-' or '_'", HasSecret: false, IsSecret: false,
            From(("text", new("{{pin}} is your verification code.", AuthenticationText.Expected, AuthenticationText.IsValid))),
            () => Guid.CreateVersion7().ToString()),
        [IdentifierKind.GupshupKey] = new(
            Hex(), "32 hexadecimal digits", HasSecret: false, IsSecret: true,
            From(
                ("accountType", new("india", "india or intl", v => v is "india" or "intl")),
                ("attempt", Number("5", OptionRules.Attempts)),
                (
                    "message",
                    new(
                        null, $"1 to {OptionRules.MaxTemplate} characters with %code%, of control characters only ends of lines and tabs",
                        IsMessage)),
                ("codeLength", Number("6", OptionRules.PinLength)),
                ("codeExpiry", Number("200", CodeExpiry, " (seconds)")),
                ("codeChars", new("0123456789", "2 to 62 different letters and digits", IsAlphabet)),
                ("service", new("SMS", "SMS", v => v is "SMS")),
                ("codeType", new("Numeric", "Numeric, Alphabetic or Alphanumeric", v => v is "Numeric" or "Alphabetic" or "Alphanumeric")),
                ("retryPeriod", Number("60", SettingRules.RetryPeriod, " (seconds)"))),
            () => Credentials.NewHex(16)),
        [IdentifierKind.GupshupAccount]
        = new(Plain(), "1 to 100 printable characters without a colon", HasSecret: true, IsSecret: false, None, Make: null),
        [IdentifierKind.GupshupUser]
        = new(Plain(), "1 to 100 printable characters without a colon", HasSecret: true, IsSecret: false, None, Make: null),
    }.ToFrozenDictionary();

    public static IdentifierShape For(IdentifierKind kind) => Shapes[kind];

    /// <summary>The text that the database stores and finds; hexadecimal digits and paths are case-insensitive.</summary>
    public static string Stored(IdentifierKind kind, string identifier, OtpSecrets secrets, int lookupKey = 0)
    {
        var text = kind is IdentifierKind.GupshupKey or IdentifierKind.BizmagnetsConfig ? identifier.ToLowerInvariant()
            : kind is IdentifierKind.BeemApp ? identifier.TrimStart('0')
            : identifier;
        return For(kind).IsSecret ? Convert.ToHexStringLower(secrets.HashIdentifier(kind, text, lookupKey)) : text;
    }

    /// <summary>The text that operators see.</summary>
    public static string Shown(IdentifierKind kind, string identifier) =>
        For(kind).IsSecret ? $"{Credentials.Prefix(identifier)}..." : identifier;

    /// <summary>Whether codeChars and codeLength, if valid, allow too many codes to guess in a few tries.</summary>
    public static bool HasEnoughCodes(IReadOnlyDictionary<string, string> settings)
    {
        var known = For(IdentifierKind.GupshupKey).Settings;
        var chars = settings.GetValueOrDefault("codeChars") ?? known["codeChars"].Default!;
        var length = settings.GetValueOrDefault("codeLength") ?? known["codeLength"].Default!;
        return !known["codeChars"].IsValid(chars)
            || !known["codeLength"].IsValid(length)
            || Math.Pow(chars.Length, int.Parse(length, CultureInfo.InvariantCulture)) >= FewestCodes;
    }

    private static IdentifierSetting Number(string usual, NumberRule rule, string unit = "") => new(
        usual, $"{rule.Min} to {rule.Max}{unit}",
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && rule.Allows(number));

    private static bool IsMessage(string text) =>
        OptionRules.TemplateText.Allows(text) && text.Contains(CodePlaceholder, StringComparison.Ordinal);

    private static bool IsAlphabet(string text) =>
        text.Length is >= 2 and <= 62 && text.All(char.IsAsciiLetterOrDigit) && text.Distinct().Count() == text.Length;

    private static FrozenDictionary<string, IdentifierSetting> From(params (string Name, IdentifierSetting Setting)[] settings) =>
        settings.ToFrozenDictionary(s => s.Name, s => s.Setting, StringComparer.Ordinal);

    [GeneratedRegex("^[!-9;-~]{1,100}$", RegexOptions.CultureInvariant, 100)]
    private static partial Regex Plain();

    [GeneratedRegex("^0*[1-9][0-9]{0,8}$", RegexOptions.CultureInvariant, 100)]
    private static partial Regex Number();

    [GeneratedRegex("^[A-Za-z0-9_-]{1,100}$", RegexOptions.CultureInvariant, 100)]
    private static partial Regex PathPart();

    [GeneratedRegex("^[0-9A-Fa-f]{32}$", RegexOptions.CultureInvariant, 100)]
    private static partial Regex Hex();
}
