namespace OtpPipeline.Core.Otps;

/// <summary>A submission that was answered, so that its repetition is answered alike; kept as long as its OTP.</summary>
public sealed class OtpSubmission
{
    public required Guid OtpId { get; init; }

    /// <summary>Keyed hash of the caller's id of the submission and of what it said.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Code of the error; null for success.</summary>
    public int? Code { get; init; }
}
