using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps;

/// <summary>What a change changed.</summary>
public enum OtpChangeKind
{
    /// <summary>The OTP was accepted.</summary>
    Created,

    /// <summary>The OTP's status.</summary>
    Status,

    /// <summary>The status of one of its deliveries.</summary>
    Delivery,
}

/// <summary>One change of an OTP, written in the transaction that makes it; events and callbacks are made from it.</summary>
public sealed class OtpChange
{
    public required Guid OtpId { get; init; }

    /// <summary>1 is the creation; without gaps.</summary>
    public required long Sequence { get; init; }

    public required OtpChangeKind Kind { get; init; }

    /// <summary>The delivery that changed.</summary>
    public Guid? DeliveryId { get; init; }

    /// <summary>The new status of the OTP or of the delivery, in the words of the API.</summary>
    public required string Status { get; init; }

    /// <summary>Why it has that status, in the words of the API.</summary>
    public string? Reason { get; init; }

    /// <summary>By the database's clock.</summary>
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

    /// <summary>The OTP's status right after the change. What changes together with the OTP's end is numbered before it.</summary>
    public string StatusOf(Otp otp) =>
        Kind == OtpChangeKind.Delivery ? EnumText<OtpStatus>.Upper(IsAfterTheEnd(otp) ? otp.Status : OtpStatus.Pending) : Status;

    /// <summary>Why the OTP had that status.</summary>
    public string? ReasonOf(Otp otp) => Kind != OtpChangeKind.Delivery
        ? Reason
        : IsAfterTheEnd(otp) && otp.Reason is { } reason ? EnumText<OtpReason>.Lower(reason) : null;

    /// <summary>The delivery as the change left it; null where the OTP itself changed.</summary>
    public DeliveryChange? DeliveryOf(Channel channel, string provider, int step, int attempt) =>
        DeliveryId is { } id ? new(id, channel.Text(), provider, step, attempt, Status, Reason) : null;

    private bool IsAfterTheEnd(Otp otp) => otp.FinalAt < OccurredAt;
}
