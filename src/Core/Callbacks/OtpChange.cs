using System.ComponentModel;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Core.Callbacks;

/// <summary>Which changes an application is called back for.</summary>
public enum CallbackEvents
{
    /// <summary>Each change of the OTP's status.</summary>
    Status,

    /// <summary>Those, and each change of a delivery.</summary>
    All,
}

/// <summary>One change of an OTP's status, or of one of its deliveries.</summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="ApplicationId">Who owns it.</param>
/// <param name="Status">The OTP's new status; null where a delivery changed.</param>
/// <param name="Reason">Why the OTP has that status.</param>
/// <param name="Delivery">The delivery that changed.</param>
/// <param name="Sequence">Number of the change.</param>
/// <param name="OccurredAt">By the database's clock.</param>
public sealed record OtpChange(Guid OtpId, Guid ApplicationId, string? Status, string? Reason, DeliveryChange? Delivery, long Sequence, DateTime OccurredAt)
{
    /// <summary>The OTP's status right after the change. What changes together with the OTP's end is numbered before it.</summary>
    public string StatusOf(Otp otp) => Status ?? EnumText<OtpStatus>.Upper(IsAfterTheEnd(otp) ? otp.Status : OtpStatus.Pending);

    /// <summary>Why it had that status.</summary>
    public string? ReasonOf(Otp otp) =>
        Status is not null ? Reason : IsAfterTheEnd(otp) && otp.Reason is { } reason ? EnumText<OtpReason>.Lower(reason) : null;

    private bool IsAfterTheEnd(Otp otp) => otp.FinalAt < OccurredAt;
}

/// <summary>A delivery as one change left it.</summary>
public sealed record DeliveryChange(
    Guid Id,
    string Channel,
    string Provider,
    [property: Description("Step of the delivery plan, from 1.")] int Step,
    [property: Description("Attempt within the step, from 1.")] int Attempt,
    [property: Description("SENT, DELIVERED, READ, UNDELIVERED, FAILED, UNKNOWN or SUPPRESSED.")] string Status,
    string? Reason);
