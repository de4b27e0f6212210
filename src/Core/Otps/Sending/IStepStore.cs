namespace OtpPipeline.Core.Otps.Sending;

/// <summary>Finds steps whose wait is over in one database.</summary>
public interface IStepStore
{
    /// <summary>OTPs with a due step, the longest due first. Reads without a lock.</summary>
    Task<IReadOnlyList<DueStep>> FindDueAsync(int limit, CancellationToken cancellationToken);
}

/// <summary>An OTP with a due step.</summary>
public readonly record struct DueStep(Guid OtpId, Guid ApplicationId);
