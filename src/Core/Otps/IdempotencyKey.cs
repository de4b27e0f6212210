namespace OtpPipeline.Core.Otps;

/// <summary>The first answer of an idempotency key, per application.</summary>
public sealed class IdempotencyKey
{
    public required Guid ApplicationId { get; init; }

    public required byte[] KeyHash { get; init; }

    /// <summary>Keyed hash of the normalised command.</summary>
    public required byte[] CommandHash { get; init; }

    public required Guid OtpId { get; init; }

    public required DateTime ExpiresAt { get; init; }
}
