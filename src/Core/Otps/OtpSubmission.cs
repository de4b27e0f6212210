namespace OtpPipeline.Core.Otps;

/// <summary>An answered submission, stored as long as its OTP so that a repetition gets the same answer.</summary>
public sealed class OtpSubmission
{
    public required Guid OtpId { get; init; }

    /// <summary>Keyed hash of the client's submission id and of the submission's content.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Error code; null for success.</summary>
    public int? Code { get; init; }

    /// <summary>The guesses that were left; null unless the PIN was wrong.</summary>
    public int? AttemptsRemaining { get; init; }
}
