using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps;

/// <summary>What changed.</summary>
public enum OtpChangeKind
{
    /// <summary>The OTP was accepted.</summary>
    Created,

    /// <summary>The OTP's status changed.</summary>
    Status,

    /// <summary>The status of a delivery changed.</summary>
    Delivery,
}

/// <summary>One change of an OTP, written in its transaction; the source of events and callbacks.</summary>
public sealed class OtpChange
{
    public required Guid OtpId { get; init; }

    /// <summary>1 is the creation; no gaps.</summary>
    public required long Sequence { get; init; }

    public required OtpChangeKind Kind { get; init; }

    /// <summary>The changed delivery.</summary>
    public Guid? DeliveryId { get; init; }

    /// <summary>The new status of the OTP or of the delivery, in the API's words.</summary>
    public required string Status { get; init; }

    /// <summary>The reason for the status, in the API's words.</summary>
    public string? Reason { get; init; }

    /// <summary>The time by the database's clock.</summary>
    public required DateTime OccurredAt { get; init; }

    /// <summary>The first change of an OTP.</summary>
    public static OtpChange Created(Otp otp) => new()
    {
        OtpId = otp.Id,
        Sequence = 1,
        Kind = OtpChangeKind.Created,
        Status = EnumText<OtpStatus>.Upper(OtpStatus.Pending),
        OccurredAt = otp.CreatedAt,
    };

    /// <summary>The OTP's status right after the change.</summary>
    /// <remarks>Changes made together with the OTP's end have lower numbers than the end.</remarks>
    public string StatusOf(Otp otp) =>
        Kind == OtpChangeKind.Delivery ? EnumText<OtpStatus>.Upper(IsAfterTheEnd(otp) ? otp.Status : OtpStatus.Pending) : Status;

    /// <summary>The reason for the OTP's status right after the change.</summary>
    public string? ReasonOf(Otp otp) => Kind != OtpChangeKind.Delivery
        ? Reason
        : IsAfterTheEnd(otp) && otp.Reason is { } reason ? EnumText<OtpReason>.Lower(reason) : null;

    /// <summary>The delivery after the change; null when the OTP itself changed.</summary>
    /// <param name="channel">The delivery's channel.</param>
    /// <param name="provider">Its provider.</param>
    /// <param name="step">Its step.</param>
    /// <param name="attempt">Its attempt.</param>
    /// <param name="messageId">The provider's id of the message.</param>
    /// <param name="times">Its times now; those that came after the change are left out.</param>
    public DeliveryChange? DeliveryOf(Channel channel, string? provider, int step, int attempt, string? messageId, DeliveryTimes times)
    {
        if (DeliveryId is not { } id)
        {
            return null;
        }

        var known = times.AsOf(EnumText<DeliveryStatus>.Parse(Status));
        return new(
            id, channel.Text(), provider, step, attempt, Status, Reason, messageId, known.SentAt, known.DeliveredAt, known.ReadAt);
    }

    private bool IsAfterTheEnd(Otp otp) => otp.FinalAt < OccurredAt;
}
