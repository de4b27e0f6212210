namespace OtpPipeline.Core.Callbacks.Sending;

/// <summary>An OTP that a client names: it must be one that this client may see.</summary>
/// <param name="Id">The OTP.</param>
/// <param name="ApplicationId">The client's application.</param>
/// <param name="IsTest">The client showed a test key.</param>
public sealed record OwnOtp(Guid Id, Guid ApplicationId, bool IsTest);
