using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps;

/// <summary>What an OTP is found by: its recipient in one compatible API, or on one channel of it.</summary>
/// <param name="Place">The compatible API, with the channel where that matters.</param>
/// <param name="Recipient">Whose.</param>
public sealed record OtpLookup(string Place, Recipient Recipient);
