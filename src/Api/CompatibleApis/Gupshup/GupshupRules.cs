using System.Globalization;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.CompatibleApis.Gupshup;

/// <summary>The settings of a two-factor key for its codes.</summary>
/// <param name="Indian">National numbers are Indian; otherwise a number is international digits.</param>
/// <param name="Message">Contains %code%; null where the request must supply it.</param>
/// <param name="Code">Type, length and characters of a code.</param>
/// <param name="Attempts">Maximum number of guesses.</param>
/// <param name="Expiry">Life of a code in seconds.</param>
/// <param name="RetryPeriod">Seconds between two sends to one recipient.</param>
internal sealed record GupshupRules(bool Indian, string? Message, PinPolicy Code, int Attempts, int Expiry, int RetryPeriod)
{
    private const string Placeholder = "%code%";

    public static GupshupRules From(ApplicationIdentifier key) => new(
        Setting(key, "accountType") is "india", key.Setting("message"), CodeOf(key), Number(key, "attempt"), Number(key, "codeExpiry"),
        Number(key, "retryPeriod"));

    /// <summary>The rules for GatewayAPI, whose requests name no key.</summary>
    /// <remarks>If the application has exactly one key, its rules apply. Otherwise the application's settings and a key's defaults apply,
    /// except the account type, where all keys of the application agree on one.</remarks>
    public static GupshupRules From(Application application, IReadOnlyList<ApplicationIdentifier> keys)
    {
        if (keys is [var only])
        {
            return From(only) with { Message = null };
        }

        var settings = application.Settings;
        var code = new PinPolicy(settings.PinType ?? PinType.Numbers, settings.PinLength, settings.PinAlphabet);
        var types = keys.Select(k => k.Setting("accountType")).Distinct(StringComparer.Ordinal).ToList();
        return new(
            (types is [var type] ? type : Setting(null, "accountType")) is "india", null, code, settings.MaxAttempts,
            Number(null, "codeExpiry"), Number(null, "retryPeriod"));
    }

    /// <summary>Whether a text may be the message of a key.</summary>
    public static bool IsMessage(string text) => IdentifierRules.For(IdentifierKind.GupshupKey).Settings["message"].IsValid(text);

    /// <summary>The message with the code inserted.</summary>
    public CallerMessage Write(Pin code) => new(Message!.Replace(Placeholder, code.Reveal(), StringComparison.Ordinal));

    /// <summary>The recipient with this number; null where the number is invalid.</summary>
    public Recipient? Phone(JsonField field)
    {
        var text = field.PhoneText ?? "";
        var read = Indian ? PhoneNumber.Parse(text, "IN") : PhoneNumber.Parse(PhoneNumber.WithPlus(text), countryIso: null);
        return read is PhoneParseResult.Ok phone ? Recipient.From(phone.Number) : null;
    }

    private static PinPolicy CodeOf(ApplicationIdentifier key)
    {
        var type = key.Setting("codeType") switch
        {
            "Alphabetic" => PinType.Letters,
            "Alphanumeric" => PinType.Alphanumeric,
            _ => PinType.Numbers,
        };
        var own = key.Setting("codeChars");
        var usual = IdentifierRules.For(key.Kind).Settings["codeChars"].Default;
        return new(type, Number(key, "codeLength"), own.Equals(usual, StringComparison.Ordinal) ? null : own);
    }

    private static string Setting(ApplicationIdentifier? key, string name) =>
        key?.Setting(name) ?? IdentifierRules.For(IdentifierKind.GupshupKey).Settings[name].Default!;

    private static int Number(ApplicationIdentifier? key, string name) => int.Parse(Setting(key, name), CultureInfo.InvariantCulture);
}
