using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>What POST /otp and the bus command RequestOtp take. Numbers may come as texts, and texts as numbers.</summary>
/// <example>
/// {"phoneNumber":"+33612246400","from":"InfoText","template":"Your verification code is {{pin}}","ttl":180,"maxAttempts":4,"pinLength":4}
/// </example>
public sealed partial record OtpRequest
{
    public const int MaxExternalId = 128;
    private const int MaxName = 100;

    private static readonly FrozenSet<string> Fields = FieldWarnings.FieldsOf(typeof(OtpRequest));

    /// <summary>E.164, or national with countryIso; without an extension. Required on sms, call, whatsapp and ussd.</summary>
    public JsonField PhoneNumber { get; init; }

    /// <summary>Two letters, such as FR; ignored where phoneNumber is E.164.</summary>
    public JsonField CountryIso { get; init; }

    /// <summary>Sender as the recipient sees it.</summary>
    [StringLength(OptionRules.MaxFrom, MinimumLength = OptionRules.MinFrom)]
    public JsonField From { get; init; }

    /// <summary>Text of the message with {{pin}}; it may contain {{app}}, {{minutes}} and {{name}}.</summary>
    [StringLength(OptionRules.MaxTemplate)]
    public JsonField Template { get; init; }

    /// <summary>The caller's own id, any dashed UUID.</summary>
    public JsonField TrackId { get; init; }

    /// <summary>Life in seconds.</summary>
    [Range(OptionRules.MinTtl, OptionRules.MaxTtl)]
    public JsonField Ttl { get; init; }

    /// <summary>Guesses allowed.</summary>
    [Range(OptionRules.MinAttempts, OptionRules.MaxAttempts)]
    public JsonField MaxAttempts { get; init; }

    /// <summary>Characters of the PIN.</summary>
    [WordsOf<PinType>]
    public JsonField PinType { get; init; }

    /// <summary>Number of characters.</summary>
    [Range(OptionRules.MinPinLength, OptionRules.MaxPinLength)]
    public JsonField PinLength { get; init; }

    /// <summary>Where changes of status are posted; absolute http or https URL.</summary>
    public JsonField OtpCallbackUrl { get; init; }

    /// <summary>How the PIN is delivered; sms unless given.</summary>
    [WordsOf<Channel>]
    public JsonField Channel { get; init; }

    /// <summary>
    /// The delivery plan instead of channel: up to 6 steps, each sent when the one before was refused, did not arrive, or was not used in time.
    /// </summary>
    [MaxLength(OptionRules.MaxSteps)]
    public IReadOnlyList<StepFields>? Channels { get; init; }

    /// <summary>The field channels is there and is no list.</summary>
    [JsonIgnore]
    public bool ChannelsMalformed { get; init; }

    /// <summary>Required on the channel email.</summary>
    public JsonField Email { get; init; }

    /// <summary>Required on the channel telegram.</summary>
    public JsonField ChatId { get; init; }

    /// <summary>The recipient's name; no control characters.</summary>
    [StringLength(MaxName)]
    public JsonField Name { get; init; }

    /// <summary>Language tag, such as fr-CH.</summary>
    public JsonField Locale { get; init; }

    /// <summary>Up to 20 texts (names up to 40, values up to 500 characters), echoed everywhere.</summary>
    public IReadOnlyDictionary<string, JsonField>? Metadata { get; init; }

    /// <summary>The caller's own id as any text; kept as it is, echoed everywhere, and found by GET /otp; no control characters.</summary>
    [StringLength(MaxExternalId)]
    public JsonField ExternalId { get; init; }

    /// <summary>The field metadata is there and is no object.</summary>
    [JsonIgnore]
    public bool MetadataMalformed { get; init; }

    /// <summary>Names of the fields of the body and its steps that a request does not have.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> UnknownFields { get; init; } = [];

    /// <summary>A sentence for each field that was ignored; null without any.</summary>
    [JsonIgnore]
    public IReadOnlyList<string>? Warnings => FieldWarnings.From(UnknownFields);

    public static OtpRequest Read(JsonElement body) => Read(body, []);

    /// <param name="body">The body.</param>
    /// <param name="others">Further fields that belong to the body.</param>
    public static OtpRequest Read(JsonElement body, params string[] others)
    {
        var metadata = body.TryGetProperty("metadata", out var pairs) && pairs.ValueKind != JsonValueKind.Null ? pairs : default;
        var channels = body.TryGetProperty("channels", out var steps) && steps.ValueKind != JsonValueKind.Null ? steps : default;
        return new()
        {
            PhoneNumber = JsonField.From(body, "phoneNumber"),
            CountryIso = JsonField.From(body, "countryIso"),
            From = JsonField.From(body, "from"),
            Template = JsonField.From(body, "template"),
            TrackId = JsonField.From(body, "trackId"),
            Ttl = JsonField.From(body, "ttl"),
            MaxAttempts = JsonField.From(body, "maxAttempts"),
            PinType = JsonField.From(body, "pinType"),
            PinLength = JsonField.From(body, "pinLength"),
            OtpCallbackUrl = JsonField.From(body, "otpCallbackUrl"),
            Channel = JsonField.From(body, "channel"),
            Channels = StepFields.ReadAll(channels),
            ChannelsMalformed = channels.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Array),
            Email = JsonField.From(body, "email"),
            ChatId = JsonField.From(body, "chatId"),
            Name = JsonField.From(body, "name"),
            Locale = JsonField.From(body, "locale"),
            ExternalId = JsonField.AsItIs(body, "externalId"),
            Metadata = metadata.ValueKind == JsonValueKind.Object
                ? metadata.EnumerateObject().ToDictionary(p => p.Name, p => JsonField.AsItIs(p.Value), StringComparer.Ordinal)
                : null,
            UnknownFields = [.. FieldWarnings.Unknown(body, Fields, others), .. StepFields.Unknown(channels)],
            MetadataMalformed = metadata.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object),
        };
    }

    /// <summary>The validated request, or the error of the first rule that is broken, in the order of the codes.</summary>
    public Result<ValidatedOtpRequest> Validate(RequestOptions options, CallbackOptions callbacks)
    {
        var settings = options.Application.Settings;
        var plan = PlanRules.Steps(this, settings);
        if (plan.Error is { } wrongPlan)
        {
            return wrongPlan;
        }

        var channel = plan.Value[0].Channel;
        var recipient = PlanRules.Recipient(this, channel, 0);
        if (recipient.Error is { Code: < 2020 or > 2100 } missing)
        {
            return missing;
        }

        // The order of the checks is the order of the codes 2001 to 2020.
        var from = FieldRules.Or(From, settings.From);
        var template = FieldRules.Or(Template, settings.Template);
        int ttl = 0, maxAttempts = 0, pinLength = 0;
        PinType pinType = default;
        Guid? trackId = null;
        string? callbackUrl = null, metadata = null;
        var error =
            FieldRules.From(From, from)
            ?? FieldRules.Template(Template, template)
            ?? FieldRules.Number(
                Ttl, settings.Ttl, OptionRules.Ttl, OtpErrors.TtlNotANumber, OtpErrors.TtlTooSmall, OtpErrors.TtlTooLarge, out ttl)
            ?? FieldRules.Number(
                MaxAttempts, settings.MaxAttempts, OptionRules.Attempts,
                OtpErrors.MaxAttemptsNotANumber, OtpErrors.MaxAttemptsTooSmall, OtpErrors.MaxAttemptsTooLarge, out maxAttempts)
            ?? FieldRules.PinType(PinType, settings.PinType, out pinType)
            ?? FieldRules.Number(
                PinLength, settings.PinLength, OptionRules.PinLength,
                OtpErrors.PinLengthNotANumber, OtpErrors.PinLengthTooSmall, OtpErrors.PinLengthTooLarge, out pinLength)
            ?? FieldRules.TrackId(TrackId, out trackId)
            ?? FieldRules.CallbackUrl(OtpCallbackUrl, settings.OtpCallbackUrl, callbacks, out callbackUrl)
            ?? recipient.Error
            ?? FieldRules.Metadata(Metadata, MetadataMalformed, out metadata)
            ?? (Locale.Malformed || (Locale.TextIfAny is { } tag && !LocaleForm().IsMatch(tag)) ? OtpErrors.LocaleInvalid : null)
            ?? (Name is { Malformed: false, TextIfAny: null } && Template.Text is { } own && MessageText.HasName(own)
                ? OtpErrors.NameMissing
                : null)
            ?? (FieldRules.IsLine(Name, MaxName) ? null : OtpErrors.NameInvalid)
            ?? FieldRules.ExternalId(ExternalId, MaxExternalId)
            ?? RecipientRules.Serve(recipient.Value, channel, settings.Limits);
        var steps = error is null ? PlanRules.Recipients(this, plan.Value, recipient.Value, settings) : error;
        if (steps.Error is { } wrong)
        {
            return wrong;
        }

        var life = options.Ttl ?? ttl;
        var pinPolicy = options.PinPolicy ?? new(pinType, pinLength, PinType.IsAbsent ? settings.PinAlphabet : null);
        return new ValidatedOtpRequest
        {
            Options = options,
            Channel = channel,
            Plan = [.. steps.Value.Select(s => s.Step)],
            Recipient = recipient.Value,
            Details = new(
                recipient.Value.Address, from!, MessageText.Fill(template!, options.Application.Name, life), callbackUrl,
                Name.TextIfAny, Locale.TextIfAny)
            {
                NewPin = options.WritesOwnMessage ? null : pinPolicy,
                Steps = PlanRules.Addresses(steps.Value),
            },
            TrackId = trackId,
            Ttl = life,
            MaxAttempts = options.MaxAttempts ?? maxAttempts,
            PinPolicy = pinPolicy,
            Metadata = metadata,
            ExternalId = ExternalId.TextIfAny,
            Normalised = options.IdempotencyKey is null ? null : Normalise(steps.Value, trackId, metadata),
        };
    }

    /// <summary>Prints nothing of it: it holds personal data.</summary>
    public override string ToString() => nameof(OtpRequest);

    private string Normalise(IReadOnlyList<RequestedStep> steps, Guid? trackId, string? metadata) => JsonSerializer.Serialize(
        [
            steps[0].Step.Channel.Text(), steps[0].Recipient.Address, From.Text, Template.Text, trackId?.ToString(),
            FieldRules.InOneSpelling(Ttl), FieldRules.InOneSpelling(MaxAttempts),
            PinType.Text?.ToLowerInvariant(), FieldRules.InOneSpelling(PinLength),
            OtpCallbackUrl.Text, Name.TextIfAny, Locale.TextIfAny, metadata,
            .. steps.Skip(1).Select(s => $"\0step {s.Step.Channel.Text()} {s.Step.WaitSeconds} {s.Recipient.Address}"),
            .. ExternalId.TextIfAny is { } externalId ? [externalId] : Array.Empty<string>(),
        ],
        OtpJson.Default.StringArray);

    [GeneratedRegex("^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,4}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex LocaleForm();
}
