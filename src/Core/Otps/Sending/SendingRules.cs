using OtpPipeline.Core.Errors;

namespace OtpPipeline.Core.Otps.Sending;

/// <summary>Decides whether an OTP takes a further send. Pure.</summary>
internal static class SendingRules
{
    /// <summary>Why nothing can be sent for an OTP that is over; null while it is live.</summary>
    public static OtpError? Over(OtpState state) => state.Status switch
    {
        OtpStatus.Pending => null,
        OtpStatus.Verified => OtpErrors.AlreadyVerified,
        OtpStatus.Cancelled => OtpErrors.WasCancelled,
        OtpStatus.Expired => OtpErrors.HasExpired,
        _ => state.Reason == OtpReason.Undeliverable ? OtpErrors.Undeliverable : OtpErrors.HasFailed,
    };
}
