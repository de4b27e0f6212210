using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Core.Otps.Sending;

/// <summary>A command to send a step of a live OTP again.</summary>
public sealed record ResendCommand(Application Application, Guid OtpId, string? SubmissionId = null, string? TraceParent = null)
    : SendingCommand(Application, OtpId, SubmissionId, TraceParent)
{
    /// <summary>The channel of the step to send again; null for the current step.</summary>
    public Channel? Channel { get; init; }

    /// <summary>Which PIN to send; null for the application's setting.</summary>
    public ResendPolicy? Policy { get; init; }

    /// <summary>Seconds between two sends to the recipient, instead of the application's cooldown and number of resends.</summary>
    public int? RetryPeriod { get; init; }
}
