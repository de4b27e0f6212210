using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Sending;

/// <summary>A command for a live OTP that sends once more.</summary>
/// <param name="Application">The client's application; OTPs of other applications are not found.</param>
/// <param name="OtpId">The OTP.</param>
/// <param name="SubmissionId">The client's id of this command, to recognise a retry after a lost answer; null without one.</param>
/// <param name="TraceParent">W3C trace context of the request.</param>
public abstract record SendingCommand(Application Application, Guid OtpId, string? SubmissionId, string? TraceParent)
{
    /// <summary>Adds the answer to the commit, for an endpoint that answers by message; may run again after a failed commit.</summary>
    public Action<OutboxBatch, SendingAnswer>? Announce { get; init; }
}

/// <summary>The answer to a command that sends; a null error is success.</summary>
/// <param name="Error">Why it was refused.</param>
/// <param name="View">The OTP afterwards; null when refused.</param>
public readonly record struct SendingAnswer(OtpError? Error, OtpView? View)
{
    /// <exception cref="InvalidOperationException">The command was refused.</exception>
    public OtpView Value => View ?? throw new InvalidOperationException($"Refused with {Error?.Code}");
}
