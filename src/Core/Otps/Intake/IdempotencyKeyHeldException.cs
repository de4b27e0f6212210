namespace OtpPipeline.Core.Otps.Intake;

/// <summary>The first request with an idempotency key was not committed within the time that a session waits for a lock.</summary>
public sealed class IdempotencyKeyHeldException(Exception cause) : Exception("The idempotency key is held by another transaction.", cause);
