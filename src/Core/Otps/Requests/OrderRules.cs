using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>Judges a draft: an order, or the refusal of the first failing row of the native dialect's table.</summary>
public static partial class OrderRules
{
    private const int MetadataPairs = 20;

    public static Judged<OtpOrder> Judge(OtpDraft draft, Application application, CallbackOptions callbacks)
    {
        var settings = application.Settings;
        if (!TryChannel(draft.Channel, settings, out var channel))
        {
            return Refusals.ChannelInvalid;
        }

        var address = RecipientRules.Judge(draft, channel);
        if (address.Refusal is { Code: < 2020 or > 2100 } missing)
        {
            return missing;
        }

        // The order of the checks is the order of the codes 2001 to 2020.
        var from = Or(draft.From, settings.From);
        var template = Or(draft.Template, settings.Template);
        var pinType = Or(draft.PinType, settings.PinType is { } type ? EnumText<PinType>.Lower(type) : null);
        int ttl = 0, maxAttempts = 0, pinLength = 0;
        PinType kind = default;
        Guid? trackId = null;
        string? callbackUrl = null, metadata = null;
        var refusal =
            (from is null && !draft.From.Malformed ? Refusals.FromMissing : null)
            ?? (from is null || from.Length is < 3 or > 15 || HasControl(from) ? Refusals.FromInvalid : null)
            ?? (string.IsNullOrEmpty(template) && !draft.Template.Malformed ? Refusals.TemplateMissing : null)
            ?? (template is null || template.Length > 1600 || HasControl(template.ReplaceLineEndings(" ").Replace('\t', ' ')) ? Refusals.TemplateInvalid : null)
            ?? (!MessageText.HasPlaceholder(template!) ? Refusals.TemplateWithoutPin : null)
            ?? (MessageText.HasUnknownPlaceholder(template!) ? Refusals.TemplateWithUnknown : null)
            ?? Number(draft.Ttl, settings.Ttl, 60, 1800, Refusals.TtlNotANumber, Refusals.TtlTooSmall, Refusals.TtlTooLarge, out ttl)
            ?? Number(draft.MaxAttempts, settings.MaxAttempts, 1, 10, Refusals.MaxAttemptsNotANumber, Refusals.MaxAttemptsTooSmall, Refusals.MaxAttemptsTooLarge, out maxAttempts)
            ?? (pinType is null && !draft.PinType.Malformed ? Refusals.PinTypeMissing : null)
            ?? (!TryPinType(pinType, out kind) ? Refusals.PinTypeInvalid : null)
            ?? Number(draft.PinLength, settings.PinLength, 4, 10, Refusals.PinLengthNotANumber, Refusals.PinLengthTooSmall, Refusals.PinLengthTooLarge, out pinLength)
            ?? (!TryTrackId(draft.TrackId, out trackId) ? Refusals.TrackIdInvalid : null)
            ?? Callback(draft.OtpCallbackUrl, settings, callbacks, out callbackUrl)
            ?? address.Refusal
            ?? (!TryMetadata(draft, out metadata) ? Refusals.MetadataInvalid : null)
            ?? (draft.Locale.Malformed || (draft.Locale.Text is { Length: > 0 } tag && !LocaleForm().IsMatch(tag)) ? Refusals.LocaleInvalid : null)
            ?? (string.IsNullOrEmpty(draft.Name.Text) && !draft.Name.Malformed && draft.Template.Text is { } own && MessageText.HasName(own) ? Refusals.NameMissing : null)
            ?? (draft.Name.Malformed || draft.Name.Text is { Length: > 100 } || HasControl(draft.Name.Text ?? "") ? Refusals.NameInvalid : null)
            ?? (address.Value.CountryIso is { } country && !Served(country, settings.Limits) ? Refusals.NoCoverage : null)
            ?? (IsPremium(address.Value, channel) && !settings.Limits.AllowPremiumNumbers ? Refusals.PremiumNumber : null);
        if (refusal is not null)
        {
            return refusal;
        }

        return new OtpOrder
        {
            Application = application,
            Channel = channel,
            Recipient = address.Value,
            From = from!,
            Template = template!,
            TrackId = trackId,
            Ttl = ttl,
            MaxAttempts = maxAttempts,
            PinPolicy = new(kind, pinLength, draft.PinType.IsAbsent ? settings.PinAlphabet : null),
            CallbackUrl = callbackUrl,
            Name = NotEmpty(draft.Name),
            Locale = NotEmpty(draft.Locale),
            Metadata = metadata,
            Normalised = JsonSerializer.Serialize(
                [
                    channel.Text(), address.Value.Address, draft.From.Text, draft.Template.Text, trackId?.ToString(), Given(draft.Ttl, ttl),
                    Given(draft.MaxAttempts, maxAttempts), draft.PinType.Text?.ToLowerInvariant(), Given(draft.PinLength, pinLength),
                    draft.OtpCallbackUrl.Text, NotEmpty(draft.Name), NotEmpty(draft.Locale), metadata,
                ],
                OtpJson.Default.StringArray),
        };
    }

    /// <summary>Given, even empty, wins over the setting.</summary>
    private static string? Or(DraftField field, string? setting) =>
        field.IsAbsent ? setting : field.IsEmpty ? null : field.Text;

    private static bool TryChannel(DraftField field, ApplicationSettings settings, out Channel channel)
    {
        channel = settings.Plan is [var first, ..] ? first : Channel.Sms;
        return field.IsAbsent || (field.Text is { Length: > 0 } text && EnumText<Channel>.TryParse(text, out channel));
    }

    private static bool TryPinType(string? text, out PinType kind)
    {
        kind = default;
        return text is not null && EnumText<PinType>.TryParse(text, out kind);
    }

    private static Refusal? Number(DraftField field, int setting, int min, int max, Refusal notANumber, Refusal tooSmall, Refusal tooLarge, out int value)
    {
        value = setting;
        if (field.IsAbsent)
        {
            return null;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(field.Text, Style, CultureInfo.InvariantCulture, out var number)
            || number != Math.Truncate(number)
            || !field.Text.AsSpan().ContainsAnyInRange('0', '9'))
        {
            return notANumber;
        }

        if (number < min)
        {
            return tooSmall;
        }

        if (number > max)
        {
            return tooLarge;
        }

        value = (int)number;
        return null;
    }

    private static bool TryTrackId(DraftField field, out Guid? trackId)
    {
        // The parser takes signs and 0x within a group; they are no UUID.
        trackId = Guid.TryParseExact(field.Text, "D", out var id) && !field.Text.AsSpan().ContainsAny("+xX") ? id : null;
        return field.IsAbsent || trackId is not null;
    }

    private static Refusal? Callback(DraftField field, ApplicationSettings settings, CallbackOptions callbacks, out string? url)
    {
        url = field.IsAbsent ? settings.OtpCallbackUrl : field.Text;
        if (url is null)
        {
            return field.Malformed ? Refusals.CallbackUrlInvalid : null;
        }

        return CallbackAddress.Check(url, callbacks.Allowed, out var refused) ? null
            : refused is { } network ? Refusals.CallbackNetworkRefused(network) : Refusals.CallbackUrlInvalid;
    }

    private static bool TryMetadata(OtpDraft draft, out string? json)
    {
        json = null;
        if (draft.Metadata is not { } pairs)
        {
            return !draft.MetadataMalformed;
        }

        // Nothing given is nothing kept, as with every other field.
        pairs = pairs.Where(p => !p.Value.IsAbsent).ToDictionary(StringComparer.Ordinal);
        if (pairs.Count > MetadataPairs
            || pairs.Any(p => p.Key.Length is 0 or > 40 || p.Value.Text is not { Length: <= 500 } text || text.Contains('\0') || p.Key.Contains('\0')))
        {
            return false;
        }

        var sorted = new SortedDictionary<string, string>(pairs.ToDictionary(p => p.Key, p => p.Value.Text!, StringComparer.Ordinal), StringComparer.Ordinal);
        json = JsonSerializer.Serialize(sorted, OtpJson.Default.IReadOnlyDictionaryStringString);
        return true;
    }

    // 180, "180" and 1.8e2 are the same number.
    private static string? Given(DraftField field, int value) => field.IsAbsent ? null : value.ToString(CultureInfo.InvariantCulture);

    private static string? NotEmpty(DraftField field) => field.IsEmpty ? null : field.Text;

    private static bool Served(string country, ApplicationLimits limits) =>
        limits.AllowedCountries.Length == 0 || limits.AllowedCountries.Contains(country, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the number costs the sender extra; other channels do not go through the telephone network.</summary>
    private static bool IsPremium(Recipient recipient, Channel channel) =>
        channel is Channel.Sms or Channel.Call && recipient.Phone?.Type is LineType.PremiumRate or LineType.SharedCost;

    private static bool HasControl(string text) => text.Any(char.IsControl);

    [GeneratedRegex("^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,4}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex LocaleForm();
}
