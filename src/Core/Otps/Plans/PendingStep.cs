namespace OtpPipeline.Core.Otps.Plans;

/// <summary>A step that waits for its time; at most one of an OTP. Deleted when it starts and when the OTP ends.</summary>
public sealed class PendingStep
{
    public required Guid OtpId { get; init; }

    public required Guid ApplicationId { get; init; }

    /// <summary>Step of the plan, from 2.</summary>
    public required int Step { get; init; }

    /// <summary>When it starts.</summary>
    public required DateTime DueAt { get; init; }
}
