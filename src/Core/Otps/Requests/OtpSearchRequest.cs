using System.Globalization;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>The parameters of a search for OTPs, as they came; null where one is not given.</summary>
public sealed record OtpSearchRequest(
    string? Recipient, string? CountryIso, string? TrackId, string? ExternalId, string? Status, string? Channel, string? From, string? To)
{
    /// <summary>The filter, or the error of the first wrong parameter.</summary>
    /// <param name="application">The client's application; null for all.</param>
    /// <param name="secrets">Hashes the recipient and the external id.</param>
    public Result<OtpFilter> Validate(Application? application, OtpSecrets secrets)
    {
        Channel? channel = null;
        if (Channel is not null)
        {
            if (!EnumText<Channel>.TryParse(Channel, out var named))
            {
                return OtpErrors.ChannelInvalid;
            }

            channel = named;
        }

        var recipient = Recipient is null ? default : FindRecipient(Recipient, channel);
        if (recipient.Error is { } wrong)
        {
            return wrong;
        }

        OtpStatus status = default;
        Guid? trackId = null;
        DateTime? from = null, to = null;
        var error =
            FieldRules.TrackId(new(TrackId), out trackId)
            ?? (ExternalId is "" ? OtpErrors.ExternalIdInvalid : FieldRules.ExternalId(new(ExternalId), OtpRequest.MaxExternalId))
            ?? (Status is null || EnumText<OtpStatus>.TryParse(Status, out status) ? null : SearchErrors.StatusInvalid)
            ?? Moment(From, out from)
            ?? Moment(To, out to);
        return error is not null ? error : new OtpFilter(
            application?.Id,
            Recipient is null ? null : secrets.HashRecipient(recipient.Value),
            trackId,
            ExternalId is null ? null : secrets.HashExternalId(ExternalId),
            Status is null ? null : status,
            channel,
            from,
            to,
            application?.IsTest);
    }

    /// <summary>Prints the type name only: it holds personal data.</summary>
    public override string ToString() => nameof(OtpSearchRequest);

    /// <summary>The channel says what the text is; without one the text must be one kind of recipient only.</summary>
    private Result<Recipient> FindRecipient(string text, Channel? channel)
    {
        if (channel is { } named)
        {
            return Parse(text, named);
        }

        var kinds = CountryIso is null
            ? [Recipients.Channel.Sms, Recipients.Channel.Email, Recipients.Channel.Telegram]
            : new[] { Recipients.Channel.Sms };
        var parsed = Array.ConvertAll(kinds, k => Parse(text, k));
        var read = Array.FindAll(parsed, p => p.Error is null);
        return read.Length switch
        {
            1 => read[0],
            0 when parsed.Length == 1 => parsed[0],
            0 => SearchErrors.RecipientInvalid,
            _ => SearchErrors.RecipientAmbiguous,
        };
    }

    /// <summary>Reads the text as POST /otp does. A '+' that was not percent-encoded arrives as a space.</summary>
    private Result<Recipient> Parse(string text, Channel channel)
    {
        var plain = text.Trim();
        var asGiven = Validate(plain, channel);
        var withPlus = Validate(PhoneNumber.WithPlus(plain), channel);
        var parsed = CountryIso is null && withPlus.Error is null ? withPlus
            : asGiven.Error is null || withPlus.Error is not null ? asGiven
            : withPlus;
        return parsed.Error is not { } error ? parsed : error.Kind switch
        {
            ErrorKind.CountryMissing => SearchErrors.RecipientWithoutCountry,
            ErrorKind.CountryInvalid => error,
            ErrorKind.EmailInvalid => SearchErrors.RecipientIsNoEmail,
            ErrorKind.ChatIdInvalid => SearchErrors.RecipientIsNoChatId,
            _ => SearchErrors.RecipientIsNoPhoneNumber,
        };

        Result<Recipient> Validate(string phone, Channel kind) => RecipientRules.Validate(
            new() { PhoneNumber = new(phone), CountryIso = new(CountryIso), Email = new(plain), ChatId = new(plain) }, kind);
    }

    private static OtpError? Moment(string? text, out DateTime? moment)
    {
        moment = DateTime.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var value)
            ? value
            : null;
        return text is null || moment is not null ? null : SearchErrors.MomentInvalid;
    }
}
