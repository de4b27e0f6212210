using OtpPipeline.Core.Otps.Changes;

namespace OtpPipeline.Core.Otps.Reading;

/// <summary>Finds OTPs by keyed hashes for clients that do not know an id.</summary>
/// <remarks>Reads without a lock, so check the results again under a lock. Live means PENDING and not past its expiry.</remarks>
public interface IOtpSearch
{
    /// <summary>The ids of the live OTPs with this lookup hash.</summary>
    Task<IReadOnlyList<Guid>> FindLiveAsync(byte[] lookupHash, CancellationToken cancellationToken);

    /// <summary>The ids of the live OTPs whose PIN has this hash.</summary>
    Task<IReadOnlyList<Guid>> FindLiveByPinAsync(byte[] pinHash, CancellationToken cancellationToken);

    /// <summary>The newest OTP with this lookup hash; null without one.</summary>
    Task<LastOtp?> FindLastAsync(byte[] lookupHash, CancellationToken cancellationToken);

    /// <summary>Lists OTPs newest first by the database's clock, after the given place.</summary>
    Task<OtpPage<OtpReading>> ListAsync(OtpFilter filter, OtpPlace? after, int limit, CancellationToken cancellationToken);

    /// <summary>The PIN of the newest live OTP with any of these lookup hashes; null without a live one.</summary>
    Task<OtpPin?> FindLastPinAsync(IReadOnlyCollection<byte[]> lookupHashes, CancellationToken cancellationToken);
}

/// <summary>The last OTP of a recipient in one compatible API.</summary>
/// <param name="Id">The OTP.</param>
/// <param name="Status">Status at the time of the read: EXPIRED past the expiry.</param>
/// <param name="Reason">Reason for the final status, if stored.</param>
public sealed record LastOtp(Guid Id, OtpStatus Status, OtpReason? Reason);
