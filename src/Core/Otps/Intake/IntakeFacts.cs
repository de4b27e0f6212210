using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries.Publishing;

namespace OtpPipeline.Core.Otps.Intake;

/// <summary>What the database holds at the intake of a batch.</summary>
/// <param name="Now">The database's clock, read once.</param>
/// <param name="Firsts">By the new OTP's id: an earlier use of the same idempotency key.</param>
/// <param name="Histories">The histories of recipients and of all other send counters, locked.</param>
/// <param name="Spendings">The spendings of applications with a spending limit, locked.</param>
public sealed record IntakeFacts(
    DateTime Now,
    IReadOnlyDictionary<Guid, FirstUse> Firsts,
    IReadOnlyDictionary<(Guid ApplicationId, string RecipientHash), RecipientHistory> Histories,
    IReadOnlyDictionary<Guid, ApplicationSpending> Spendings)
{
    /// <summary>Lookup hashes (hexadecimal) that already have a live OTP, of requests that allow only one.</summary>
    public IReadOnlySet<string> Live { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Use of the requested shares.</summary>
    public IReadOnlyDictionary<QueueShare, QueueShareUse> Shares { get; init; } = new Dictionary<QueueShare, QueueShareUse>();

    public RecipientHistory HistoryOf(NewOtp request, byte[] hash) => Histories[(request.ApplicationId, Convert.ToHexString(hash))];
}

/// <summary>The first command of an idempotency key.</summary>
/// <param name="CommandHash">Hash of the normalised command.</param>
/// <param name="Otp">The OTP it created; null once purged.</param>
public sealed record FirstUse(byte[] CommandHash, Otp? Otp);
