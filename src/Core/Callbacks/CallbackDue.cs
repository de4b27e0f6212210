namespace OtpPipeline.Core.Callbacks;

/// <summary>Work command: send the callbacks of this OTP, where no event says so. It is a hint only; the rows say what is due.</summary>
/// <param name="OtpId">The OTP.</param>
public sealed record CallbackDue(Guid OtpId);
