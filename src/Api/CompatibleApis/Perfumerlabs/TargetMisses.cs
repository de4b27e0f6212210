using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs;

/// <summary>
/// Wrong passwords at GET /target in the last minute, whoever asks and whichever process: it finds any recipient, so guessing there is
/// worth more than at a check.
/// </summary>
internal sealed class TargetMisses(IMissStore store, OtpSecrets secrets)
{
    private const int Limit = 20;
    private readonly byte[] _hash = secrets.HashCounted("perfumerlabs:target:misses");

    /// <summary>Counts a miss before it is known to be one; null where there were too many.</summary>
    public async Task<long?> ReserveAsync(Application application, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReserveAsync(application.Id, _hash, Limit, cancellationToken);
        }
        catch (Exception failure) when (StoreFailures.IsLockTimeout(failure))
        {
            // So many at once that they wait for each other.
            return null;
        }
    }

    /// <summary>It was none.</summary>
    public Task ReleaseAsync(Application application, long reserved) =>
        store.ReleaseAsync(application.Id, _hash, reserved, CancellationToken.None);
}
