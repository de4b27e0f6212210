namespace OtpPipeline.Contracts;

/// <summary>
/// Command from another system: verify what the user typed. It needs a message id, by which a repeated command is recognised.
/// </summary>
/// <param name="ApplicationId">The application that owns the OTP.</param>
/// <param name="OtpId">The OTP.</param>
/// <param name="Pin">What the user typed.</param>
public sealed record VerifyOtp(Guid ApplicationId, Guid OtpId, string Pin)
{
    /// <summary>Leaves the PIN out.</summary>
    public override string ToString() => $"VerifyOtp {{ ApplicationId = {ApplicationId}, OtpId = {OtpId} }}";
}
