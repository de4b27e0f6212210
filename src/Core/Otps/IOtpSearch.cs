namespace OtpPipeline.Core.Otps;

/// <summary>
/// OTPs as a database finds them for callers who know no id: by keyed hashes, without a lock, so that what is found has to be judged again under one. Live is what is
/// PENDING and not past its time.
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
