namespace OtpPipeline.Core.Otps.Intake;

/// <summary>The first request with this idempotency key was not committed within the session's lock time-out.</summary>
public sealed class IdempotencyKeyHeldException(Exception cause) : Exception("The idempotency key is held by another transaction.", cause);
