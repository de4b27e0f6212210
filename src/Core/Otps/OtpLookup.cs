using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps;

/// <summary>Finds an OTP by its recipient in one compatible API, or on one channel of it.</summary>
/// <param name="Place">The compatible API, with the channel when it matters.</param>
/// <param name="Recipient">The recipient.</param>
public sealed record OtpLookup(string Place, Recipient Recipient);
