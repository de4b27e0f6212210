using System.ComponentModel;
using System.Text.Json.Serialization;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Core.Otps.Reading;

/// <summary>An OTP as POST /otp, GET /otp/{otpId} and callbacks show it: the native API's 13 fields, then ours. Never its PIN.</summary>
public sealed record OtpAnswer
{
    public required Guid OtpId { get; init; }

    [Description("The caller's own id, as it was given.")]
    public required Guid? TrackId { get; init; }

    [Description("E.164; empty where the recipient is no phone number.")]
    public required string PhoneNumber { get; init; }

    [Description("Country of the phone number; ZZ where the recipient is no phone number.")]
    public required string CountryIso { get; init; }

    [Description("PENDING, VERIFIED, EXPIRED, CANCELLED or FAILED.")]
    public required string Status { get; init; }

    [Description("Parts times the price configured for provider and country."), JsonConverter(typeof(AmountConverter))]
    public required decimal Cost { get; init; }

    [Description("Messages that a carrier makes of the text.")]
    public required int Parts { get; init; }

    public required int MaxAttempts { get; init; }

    [Description("Unsuccessful submissions.")]
    public required int Attempts { get; init; }

    [Description("Life in seconds.")]
    public required int Ttl { get; init; }

    public required string? OtpCallbackUrl { get; init; }

    [JsonConverter(typeof(MomentConverter))]
    public required DateTime DateCreated { get; init; }

    [Description("From this moment on nothing verifies."), JsonConverter(typeof(MomentConverter))]
    public required DateTime DateExpires { get; init; }

    [Description("sms, email, telegram, call, whatsapp or ussd.")]
    public required string Channel { get; init; }

    [Description("Phone number, e-mail address or chat id in its one spelling.")]
    public required string Recipient { get; init; }

    [Description("The sender as the recipient sees it.")]
    public required string From { get; init; }

    public required string? Name { get; init; }

    public required string? Locale { get; init; }

    [Description("Why the OTP is EXPIRED (not_verified, never_sent) or FAILED (max_attempts, undeliverable).")]
    public required string? Reason { get; init; }

    [Description("1 at the creation, raised by each change of status or delivery.")]
    public required long Sequence { get; init; }

    public required IReadOnlyDictionary<string, string>? Metadata { get; init; }

    [Description("Oldest first; only where an OTP is read."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DeliveryAnswer>? Deliveries { get; init; }

    [Description("What changed, in the callback of a delivery's change only."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DeliveryChange? Delivery { get; init; }

    [Description("Sequence of the callback before this one of the same OTP, 0 where there is none; in callbacks only."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Previous { get; init; }

    /// <summary>As the first answer shows it.</summary>
    public static OtpAnswer CreateFirst(OtpView view) => Create(view, sequence: 1, deliveries: null);

    /// <summary>As it is now, with its deliveries.</summary>
    public static OtpAnswer Create(OtpView view) => Create(view, view.Otp.Sequence, [.. view.Deliveries.Select(DeliveryAnswer.From)]);

    /// <summary>As it was right after one of its changes.</summary>
    public static OtpAnswer Create(
        Otp otp, OtpDetails details, IReadOnlyDictionary<string, string>? metadata, OtpChange change, DeliveryChange? delivery, long previous) =>
        Create(otp, details, metadata, change.StatusOf(otp), change.ReasonOf(otp), otp.Attempts, change.Sequence, deliveries: null) with
        {
            Delivery = delivery,
            Previous = previous,
        };

    private static OtpAnswer Create(OtpView view, long sequence, IReadOnlyList<DeliveryAnswer>? deliveries) => Create(
        view.Otp, view.Details, view.Metadata, EnumText<OtpStatus>.Upper(view.State.Status),
        view.State.Reason is { } reason ? EnumText<OtpReason>.Lower(reason) : null, view.State.Attempts, sequence, deliveries);

    private static OtpAnswer Create(
        Otp otp, OtpDetails details, IReadOnlyDictionary<string, string>? metadata, string status, string? reason, int attempts, long sequence,
        IReadOnlyList<DeliveryAnswer>? deliveries)
    {
        var toPhone = otp.Channel.TakesPhoneNumber();
        return new()
        {
            OtpId = otp.Id,
            TrackId = otp.TrackId,
            PhoneNumber = toPhone ? details.Recipient : "",
            CountryIso = otp.CountryIso ?? "ZZ",
            Status = status,
            Cost = otp.Cost,
            Parts = Math.Max(1, otp.Parts),
            MaxAttempts = otp.MaxAttempts,
            Attempts = Math.Min(OptionRules.MaxAttempts, attempts),
            Ttl = Math.Clamp(otp.Ttl, OptionRules.MinTtl, OptionRules.MaxTtl),
            OtpCallbackUrl = details.CallbackUrl,
            DateCreated = otp.CreatedAt,
            DateExpires = otp.ExpiresAt,
            Channel = otp.Channel.Text(),
            Recipient = details.Recipient,
            From = details.From,
            Name = details.Name,
            Locale = details.Locale,
            Reason = reason,
            Sequence = sequence,
            Metadata = metadata,
            Deliveries = deliveries,
        };
    }
}

/// <summary>One attempt to hand the PIN to a provider.</summary>
public sealed record DeliveryAnswer
{
    public required Guid Id { get; init; }

    public required string Channel { get; init; }

    public required string Provider { get; init; }

    [Description("Step of the delivery plan, from 1.")]
    public required int Step { get; init; }

    [Description("Attempt within the step, from 1.")]
    public required int Attempt { get; init; }

    [Description("QUEUED, SENDING, SENT, DELIVERED, READ, UNDELIVERED, FAILED, UNKNOWN or SUPPRESSED.")]
    public required string Status { get; init; }

    public required string? Reason { get; init; }

    [JsonConverter(typeof(MomentConverter))]
    public required DateTime DateCreated { get; init; }

    [JsonConverter(typeof(MomentConverter))]
    public required DateTime DateUpdated { get; init; }

    internal static DeliveryAnswer From(Delivery delivery) => new()
    {
        Id = delivery.Id,
        Channel = delivery.Channel.Text(),
        Provider = delivery.Provider,
        Step = delivery.Step,
        Attempt = delivery.Attempt,
        Status = EnumText<DeliveryStatus>.Upper(delivery.Status),
        Reason = delivery.Reason,
        DateCreated = delivery.CreatedAt,
        DateUpdated = delivery.UpdatedAt,
    };
}
