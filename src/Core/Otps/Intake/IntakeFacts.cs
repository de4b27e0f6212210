using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries.Publishing;

namespace OtpPipeline.Core.Otps.Intake;

/// <summary>What the database says at the intake of a batch.</summary>
/// <param name="Now">Its clock, read once.</param>
/// <param name="Firsts">By the new OTP's id: the first use of its idempotency key, where it is not this one.</param>
/// <param name="Histories">Of each recipient and of everything else that counts sends, locked.</param>
/// <param name="Spendings">Of each application with a spending limit, locked.</param>
public sealed record IntakeFacts(
    DateTime Now,
    IReadOnlyDictionary<Guid, FirstUse> Firsts,
    IReadOnlyDictionary<(Guid ApplicationId, string RecipientHash), RecipientHistory> Histories,
    IReadOnlyDictionary<Guid, ApplicationSpending> Spendings)
{
    /// <summary>Lookup hashes, in hexadecimal digits, of those requests that want to be the one live OTP and are not.</summary>
    public IReadOnlySet<string> Live { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Use of the shares that were asked for.</summary>
    public IReadOnlyDictionary<QueueShare, QueueShareUse> Shares { get; init; } = new Dictionary<QueueShare, QueueShareUse>();

    public RecipientHistory HistoryOf(NewOtp request, byte[] hash) => Histories[(request.ApplicationId, Convert.ToHexString(hash))];
}

/// <summary>The first command of an idempotency key.</summary>
/// <param name="CommandHash">Of its normalised form.</param>
/// <param name="Otp">What it created; null when that is already purged.</param>
public sealed record FirstUse(byte[] CommandHash, Otp? Otp);
