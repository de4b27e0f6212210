using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs;

/// <summary>Counts wrong passwords at GET /target in the last minute, over all callers and processes.</summary>
/// <remarks>The call finds any recipient, so a guess there is worth more than at a check.</remarks>
internal sealed class TargetMisses(IMissStore store, OtpSecrets secrets)
{
    private const int Limit = 20;
    private readonly byte[] _hash = secrets.HashCounted("perfumerlabs:target:misses");

    /// <summary>Counts a miss before the password is checked; null where the limit is reached.</summary>
    public async Task<long?> ReserveAsync(Application application, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReserveAsync(application.Id, _hash, Limit, cancellationToken);
        }
        catch (Exception failure) when (StoreFailures.IsLockTimeout(failure))
        {
            // So many concurrent guesses that they wait for each other.
            return null;
        }
    }

    /// <summary>Removes a reserved miss after the password was right.</summary>
    public Task ReleaseAsync(Application application, long reserved) =>
        store.ReleaseAsync(application.Id, _hash, reserved, CancellationToken.None);
}
