using System.Text.Json.Serialization;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps.Plans;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Core.Otps.Reading;

/// <summary>An OTP as POST /otp, GET /otp/{otpId} and callbacks show it. Never its PIN.</summary>
/// <example>
/// {"otpId":"a17fb13d-f4ac-4d93-9439-ef41ab8de390","trackId":null,"phoneNumber":"+33612246400","countryIso":"FR","status":"PENDING",
/// "cost":0.0,"parts":1,"maxAttempts":4,"attempts":0,"ttl":180,"otpCallbackUrl":null,"dateCreated":"2026-11-20T10:00:00Z",
/// "dateExpires":"2026-11-20T10:03:00Z","channel":"sms","recipient":"+33612246400","from":"InfoText","name":null,"locale":null,"reason":null,"sequence":3,
/// "metadata":null,"externalId":null,"attemptsRemaining":4,"test":false,"resendsLeft":3,"deliveries":[
/// {"id":"0c6f2b4e-8a1d-4f57-9b3e-2d7c5a90e614","channel":"sms","provider":"twilio","step":1,"attempt":1,"resend":false,"status":"DELIVERED","reason":null,
/// "providerMessageId":"SMf0e1d2c3b4a59687f0e1d2c3b4a59687","dateCreated":"2026-11-20T10:00:00Z","dateUpdated":"2026-11-20T10:00:03Z",
/// "dateSent":"2026-11-20T10:00:01Z","dateDelivered":"2026-11-20T10:00:03Z","dateRead":null}]}
/// </example>
public sealed record OtpAnswer
{
    public required Guid OtpId { get; init; }

    /// <summary>The caller's own id, as it was given.</summary>
    public required Guid? TrackId { get; init; }

    /// <summary>E.164; empty where the recipient is no phone number.</summary>
    public required string PhoneNumber { get; init; }

    /// <summary>Country of the phone number; ZZ where the recipient is no phone number.</summary>
    public required string CountryIso { get; init; }

    /// <summary>Only PENDING ever changes.</summary>
    [WordsOf<OtpStatus>(upper: true)]
    public required string Status { get; init; }

    /// <summary>
    /// Parts times the price for the country: the highest of the providers that may be asked, and that of the one that took it from then on.
    /// </summary>
    [JsonConverter(typeof(AmountConverter))]
    public required decimal Cost { get; init; }

    /// <summary>Messages that a carrier makes of the text.</summary>
    public required int Parts { get; init; }

    public required int MaxAttempts { get; init; }

    /// <summary>Unsuccessful submissions.</summary>
    public required int Attempts { get; init; }

    /// <summary>Life in seconds.</summary>
    public required int Ttl { get; init; }

    public required string? OtpCallbackUrl { get; init; }

    [JsonConverter(typeof(MomentConverter))]
    public required DateTime DateCreated { get; init; }

    /// <summary>From this moment on nothing verifies.</summary>
    [JsonConverter(typeof(MomentConverter))]
    public required DateTime DateExpires { get; init; }

    /// <summary>How the PIN is delivered.</summary>
    [WordsOf<Channel>]
    public required string Channel { get; init; }

    /// <summary>The steps of the delivery plan; only where it has several.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<StepAnswer>? Channels { get; init; }

    /// <summary>Phone number, e-mail address or chat id in its one spelling.</summary>
    public required string Recipient { get; init; }

    /// <summary>The sender as the recipient sees it.</summary>
    public required string From { get; init; }

    public required string? Name { get; init; }

    public required string? Locale { get; init; }

    /// <summary>Why the OTP is EXPIRED (not_verified, never_sent) or FAILED (max_attempts, undeliverable).</summary>
    [WordsOf<OtpReason>]
    public required string? Reason { get; init; }

    /// <summary>1 at the creation, raised by each change of status or delivery.</summary>
    public required long Sequence { get; init; }

    public required IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The caller's own id as any text, as it was given.</summary>
    public required string? ExternalId { get; init; }

    /// <summary>Guesses that are left; 0 once the OTP is final.</summary>
    public required int AttemptsRemaining { get; init; }

    /// <summary>Requested with a test key: everything of it goes to the sandbox.</summary>
    public required bool Test { get; init; }

    /// <summary>What was ignored in the body; only in the answer to it, and only where something was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>How often the OTP may still be sent again; only where an OTP is read or sent again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ResendsLeft { get; init; }

    /// <summary>Oldest first; only where an OTP is read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DeliveryAnswer>? Deliveries { get; init; }

    /// <summary>What changed, in the callback of a delivery's change only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DeliveryChange? Delivery { get; init; }

    /// <summary>Sequence of the previous callback of the same OTP, 0 for the first; in callbacks only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Previous { get; init; }

    /// <summary>As the first answer shows it.</summary>
    public static OtpAnswer CreateFirst(OtpView view) => Create(view, sequence: 1, deliveries: null);

    /// <summary>As it is now, with its deliveries.</summary>
    public static OtpAnswer Create(OtpView view) => Create(view, view.Otp.Sequence, [.. view.Deliveries.Select(DeliveryAnswer.From)]) with
    {
        Cost = view.Deliveries.Sum(d => d.Cost),
        ResendsLeft = view.ResendsLeft,
    };

    /// <summary>As it was right after one of its changes.</summary>
    public static OtpAnswer Create(
        Otp otp, OtpDetails details, Attached attached, OtpChange change, DeliveryChange? delivery, long previous) =>
        Create(otp, details, attached, change.StatusOf(otp), change.ReasonOf(otp), otp.Attempts, change.Sequence, deliveries: null) with
        {
            Delivery = delivery,
            Previous = previous,
        };

    private static OtpAnswer Create(OtpView view, long sequence, IReadOnlyList<DeliveryAnswer>? deliveries) => Create(
        view.Otp, view.Details, view.Attached, EnumText<OtpStatus>.Upper(view.State.Status),
        view.State.Reason is { } reason ? EnumText<OtpReason>.Lower(reason) : null, view.State.Attempts, sequence, deliveries);

    private static OtpAnswer Create(
        Otp otp, OtpDetails details, Attached attached, string status, string? reason, int attempts, long sequence,
        IReadOnlyList<DeliveryAnswer>? deliveries)
    {
        var toPhone = otp.Channel.TakesPhoneNumber();
        var isPending = string.Equals(status, EnumText<OtpStatus>.Upper(OtpStatus.Pending), StringComparison.Ordinal);
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
            Channels = otp.Plan is null ? null : [.. OtpPlan.From(otp).Select(s => new StepAnswer(s.Channel.Text(), s.WaitSeconds))],
            Recipient = details.Recipient,
            From = details.From,
            Name = details.Name,
            Locale = details.Locale,
            Reason = reason,
            Sequence = sequence,
            Metadata = attached.Metadata,
            ExternalId = attached.ExternalId,
            Test = otp.IsTest,
            AttemptsRemaining = isPending ? Math.Max(0, otp.MaxAttempts - attempts) : 0,
            Deliveries = deliveries,
        };
    }
}

/// <summary>A step of the delivery plan.</summary>
/// <param name="Channel">How it sends.</param>
/// <param name="WaitSeconds">How long it waits after the step before was sent; 0 for the first step.</param>
public sealed record StepAnswer([property: WordsOf<Channel>] string Channel, int WaitSeconds);

/// <summary>One attempt to hand the PIN to a provider.</summary>
public sealed record DeliveryAnswer
{
    public required Guid Id { get; init; }

    [WordsOf<Channel>]
    public required string Channel { get; init; }

    /// <summary>The provider that was asked; null until one is.</summary>
    public required string? Provider { get; init; }

    /// <summary>Step of the delivery plan, from 1.</summary>
    public required int Step { get; init; }

    /// <summary>Attempt within the step, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>Whether a resend asked for the attempt.</summary>
    public required bool Resend { get; init; }

    /// <summary>What became of the attempt.</summary>
    [WordsOf<DeliveryStatus>(upper: true)]
    public required string Status { get; init; }

    /// <summary>Why it is UNDELIVERED, FAILED, UNKNOWN or SUPPRESSED.</summary>
    public required string? Reason { get; init; }

    /// <summary>The provider's id of the message, as soon as it is known.</summary>
    public required string? ProviderMessageId { get; init; }

    [JsonConverter(typeof(MomentConverter))]
    public required DateTime DateCreated { get; init; }

    [JsonConverter(typeof(MomentConverter))]
    public required DateTime DateUpdated { get; init; }

    /// <summary>When we knew that the provider has it.</summary>
    [JsonConverter(typeof(MomentConverter))]
    public required DateTime? DateSent { get; init; }

    /// <summary>When it arrived, as a receipt of the provider says.</summary>
    [JsonConverter(typeof(MomentConverter))]
    public required DateTime? DateDelivered { get; init; }

    /// <summary>When it was read, as a receipt of the provider says.</summary>
    [JsonConverter(typeof(MomentConverter))]
    public required DateTime? DateRead { get; init; }

    internal static DeliveryAnswer From(Delivery delivery) => new()
    {
        Id = delivery.Id,
        Channel = delivery.Channel.Text(),
        Provider = delivery.Provider,
        Step = delivery.Step,
        Attempt = delivery.Attempt,
        Resend = delivery.IsResend,
        Status = EnumText<DeliveryStatus>.Upper(delivery.Status),
        Reason = delivery.Reason,
        ProviderMessageId = delivery.ProviderMessageId,
        DateCreated = delivery.CreatedAt,
        DateUpdated = delivery.UpdatedAt,
        DateSent = delivery.SentAt,
        DateDelivered = delivery.DeliveredAt,
        DateRead = delivery.ReadAt,
    };
}
