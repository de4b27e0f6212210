namespace OtpPipeline.Core.Otps.Reading;

/// <summary>
/// OTPs as a database finds them for callers who know no id: by keyed hashes, without a lock, so that what is found has to be checked again
/// under one. Live is what is PENDING and not past its time.
/// </summary>
public interface IOtpSearch
{
    /// <summary>The ids of the live OTPs of a lookup hash.</summary>
    Task<IReadOnlyList<Guid>> FindLiveAsync(byte[] lookupHash, CancellationToken cancellationToken);

    /// <summary>The ids of the live OTPs whose PIN has this hash.</summary>
    Task<IReadOnlyList<Guid>> FindLiveByPinAsync(byte[] pinHash, CancellationToken cancellationToken);

    /// <summary>The newest OTP of a lookup hash; null where there is none.</summary>
    Task<LastOtp?> FindLastAsync(byte[] lookupHash, CancellationToken cancellationToken);

    /// <summary>The PIN of the newest live OTP of any of these lookup hashes; null where none is live.</summary>
    Task<OtpPin?> FindLastPinAsync(IReadOnlyCollection<byte[]> lookupHashes, CancellationToken cancellationToken);
}

/// <summary>The last OTP of a recipient in one compatible API.</summary>
/// <param name="Id">The OTP.</param>
/// <param name="Status">As it is at the moment of reading: past its time it is EXPIRED.</param>
/// <param name="Reason">Why it is final, where that is written.</param>
public sealed record LastOtp(Guid Id, OtpStatus Status, OtpReason? Reason);
