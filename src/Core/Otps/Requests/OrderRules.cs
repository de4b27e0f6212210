using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>Validates a draft: an order, or the error of the first failing row of the native API's table.</summary>
public static partial class OrderRules
{
    private const int MetadataPairs = 20;

    public static Result<OtpOrder> Validate(OtpDraft draft, Application application, CallbackOptions callbacks)
    {
        var settings = application.Settings;
        if (!TryChannel(draft.Channel, settings, out var channel))
        {
            return OtpErrors.ChannelInvalid;
        }

        var address = RecipientRules.Validate(draft, channel);
        if (address.Error is { Code: < 2020 or > 2100 } missing)
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
        var error =
            (from is null && !draft.From.Malformed ? OtpErrors.FromMissing : null)
            ?? (from is null || !OptionRules.From.Allows(from) ? OtpErrors.FromInvalid : null)
            ?? (string.IsNullOrEmpty(template) && !draft.Template.Malformed ? OtpErrors.TemplateMissing : null)
            ?? (template is null || !OptionRules.TemplateText.Allows(template) ? OtpErrors.TemplateInvalid : null)
            ?? (!MessageText.HasPlaceholder(template!) ? OtpErrors.TemplateWithoutPin : null)
            ?? (MessageText.HasUnknownPlaceholder(template!) ? OtpErrors.TemplateWithUnknown : null)
            ?? Number(draft.Ttl, settings.Ttl, OptionRules.Ttl, OtpErrors.TtlNotANumber, OtpErrors.TtlTooSmall, OtpErrors.TtlTooLarge, out ttl)
            ?? Number(draft.MaxAttempts, settings.MaxAttempts, OptionRules.Attempts, OtpErrors.MaxAttemptsNotANumber, OtpErrors.MaxAttemptsTooSmall, OtpErrors.MaxAttemptsTooLarge, out maxAttempts)
            ?? (pinType is null && !draft.PinType.Malformed ? OtpErrors.PinTypeMissing : null)
            ?? (!TryPinType(pinType, out kind) ? OtpErrors.PinTypeInvalid : null)
            ?? Number(draft.PinLength, settings.PinLength, OptionRules.PinLength, OtpErrors.PinLengthNotANumber, OtpErrors.PinLengthTooSmall, OtpErrors.PinLengthTooLarge, out pinLength)
            ?? (!TryTrackId(draft.TrackId, out trackId) ? OtpErrors.TrackIdInvalid : null)
            ?? Callback(draft.OtpCallbackUrl, settings, callbacks, out callbackUrl)
            ?? address.Error
            ?? (!TryMetadata(draft, out metadata) ? OtpErrors.MetadataInvalid : null)
            ?? (draft.Locale.Malformed || (draft.Locale.Text is { Length: > 0 } tag && !LocaleForm().IsMatch(tag)) ? OtpErrors.LocaleInvalid : null)
            ?? (string.IsNullOrEmpty(draft.Name.Text) && !draft.Name.Malformed && draft.Template.Text is { } own && MessageText.HasName(own) ? OtpErrors.NameMissing : null)
            ?? (draft.Name.Malformed || draft.Name.Text is { Length: > 100 } || OptionRules.HasControl(draft.Name.Text ?? "") ? OtpErrors.NameInvalid : null)
            ?? (address.Value.CountryIso is { } country && !Served(country, settings.Limits) ? OtpErrors.NoCoverage : null)
            ?? (IsPremium(address.Value, channel) && !settings.Limits.AllowPremiumNumbers ? OtpErrors.PremiumNumber : null);
        if (error is not null)
        {
            return error;
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
            Name = draft.Name.TextIfAny,
            Locale = draft.Locale.TextIfAny,
            Metadata = metadata,
            Normalised = JsonSerializer.Serialize(
                [
                    channel.Text(), address.Value.Address, draft.From.Text, draft.Template.Text, trackId?.ToString(), Given(draft.Ttl, ttl),
                    Given(draft.MaxAttempts, maxAttempts), draft.PinType.Text?.ToLowerInvariant(), Given(draft.PinLength, pinLength),
                    draft.OtpCallbackUrl.Text, draft.Name.TextIfAny, draft.Locale.TextIfAny, metadata,
                ],
                OtpJson.Default.StringArray),
        };
    }

    /// <summary>Given, even empty, wins over the setting.</summary>
    private static string? Or(JsonField field, string? setting) =>
        field.IsAbsent ? setting : field.TextIfAny;

    private static bool TryChannel(JsonField field, ApplicationSettings settings, out Channel channel)
    {
        channel = settings.Plan is [var first, ..] ? first : Channel.Sms;
        return field.IsAbsent || (field.Text is { Length: > 0 } text && EnumText<Channel>.TryParse(text, out channel));
    }

    private static bool TryPinType(string? text, out PinType kind)
    {
        kind = default;
        return text is not null && EnumText<PinType>.TryParse(text, out kind);
    }

    private static OtpError? Number(JsonField field, int setting, NumberRule rule, OtpError notANumber, OtpError tooSmall, OtpError tooLarge, out int value)
    {
        value = setting;
        if (field.IsAbsent)
        {
            return null;
        }

        if (field.Whole is not { } number)
        {
            return notANumber;
        }

        if (number < rule.Min)
        {
            return tooSmall;
        }

        if (number > rule.Max)
        {
            return tooLarge;
        }

        value = (int)number;
        return null;
    }

    private static bool TryTrackId(JsonField field, out Guid? trackId)
    {
        // The parser takes signs and 0x within a group; they are no UUID.
        trackId = Guid.TryParseExact(field.Text, "D", out var id) && !field.Text.AsSpan().ContainsAny("+xX") ? id : null;
        return field.IsAbsent || trackId is not null;
    }

    private static OtpError? Callback(JsonField field, ApplicationSettings settings, CallbackOptions callbacks, out string? url)
    {
        url = field.IsAbsent ? settings.OtpCallbackUrl : field.Text;
        if (url is null)
        {
            return field.Malformed ? OtpErrors.CallbackUrlInvalid : null;
        }

        return CallbackAddress.Check(url, callbacks.Allowed, out var refused) ? null
            : refused is { } network ? OtpErrors.CallbackNetworkRefused(network) : OtpErrors.CallbackUrlInvalid;
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
    private static string? Given(JsonField field, int value) => field.IsAbsent ? null : value.ToString(CultureInfo.InvariantCulture);

    private static bool Served(string country, ApplicationLimits limits) =>
        limits.AllowedCountries.Length == 0 || limits.AllowedCountries.Contains(country, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the number costs the sender extra; other channels do not go through the telephone network.</summary>
    private static bool IsPremium(Recipient recipient, Channel channel) =>
        channel is Channel.Sms or Channel.Call && recipient.Phone?.Type is LineType.PremiumRate or LineType.SharedCost;

    [GeneratedRegex("^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,4}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex LocaleForm();
}
