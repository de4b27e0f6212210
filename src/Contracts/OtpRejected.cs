namespace OtpPipeline.Contracts;

/// <summary>Answer to a command that was refused, with the code and the sentence that REST gives for the same error.</summary>
/// <param name="OtpId">The OTP that the command named, if any.</param>
/// <param name="Code">The stable code, such as 2029.</param>
/// <param name="Type">The kind of error, such as invalid_pin.</param>
/// <param name="Message">Which field and why.</param>
/// <param name="RetryAfter">Seconds after which the same command may succeed, where that is known; REST's Retry-After.</param>
/// <param name="AttemptsRemaining">Guesses that are left; null unless the PIN was wrong.</param>
public sealed record OtpRejected(Guid? OtpId, int Code, string Type, string Message, int? RetryAfter = null, int? AttemptsRemaining = null);
