namespace OtpPipeline.Contracts;

/// <summary>A step of the delivery plan of <see cref="RequestOtp"/>.</summary>
/// <param name="Channel">sms, email, telegram, call, whatsapp or ussd.</param>
/// <param name="WaitSeconds">How long it waits after the step before was sent, 15 to 900; not on the first step.</param>
/// <param name="Recipient">Another address than that of the command.</param>
public sealed record OtpStep(string Channel, int? WaitSeconds = null, string? Recipient = null)
{
    /// <summary>Leaves the recipient out.</summary>
    public override string ToString() => $"OtpStep {{ Channel = {Channel} }}";
}
