using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Gathering;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Callbacks;

/// <summary>Claims due callbacks and writes what became of them; many share one commit.</summary>
public sealed class CallbackOutcomes : IAsyncDisposable
{
    private readonly ICallbackStore _store;
    private readonly OtpSecrets _secrets;
    private readonly TimeProvider _time;
    private readonly CallbackOptions _options;
    private readonly Gatherer<CallbackReport, bool> _gatherer;

    public CallbackOutcomes(ICallbackStore store, OtpSecrets secrets, TimeProvider time, IOptions<CallbackOptions> options, IOptions<GatheringOptions> gathering)
    {
        _store = store;
        _secrets = secrets;
        _time = time;
        _options = options.Value;
        _gatherer = new(RecordAsync, StoreFailures.IsOutage, gathering.Value.Writers, gathering.Value.MaxBatch);
    }

    /// <summary>Callbacks that are due, at most this many, leased to the caller.</summary>
    public async Task<IReadOnlyList<OutgoingCallback>> ClaimAsync(int limit, CancellationToken cancellationToken)
    {
        var leasedSince = _time.GetTimestamp();
        var leaseId = Guid.CreateVersion7();
        var claimed = await _store.ClaimAsync(leaseId, _options.Lease, limit, cancellationToken);
        var outgoing = new List<OutgoingCallback>(claimed.Count);
        foreach (var callback in claimed)
        {
            try
            {
                outgoing.Add(new(callback.Id, callback.ApplicationId, leaseId, callback.Failures, _secrets.OpenCallback(callback), leasedSince));
            }
            catch (CryptographicException)
            {
                // Its key is gone. Once that is back, a replay sends it.
                await RecordAsync(new CallbackReport(callback.Id, leaseId, new(CallbackStatus.Parked, CallbackReasons.Unreadable, TimeSpan.Zero), Attempt: null), cancellationToken);
            }
        }

        return outgoing;
    }

    /// <summary>False when the lease was no longer the reporter's, so that nothing was written.</summary>
    public Task<bool> RecordAsync(CallbackReport report, CancellationToken cancellationToken) => _gatherer.AddAsync(report, cancellationToken);

    public ValueTask DisposeAsync() => _gatherer.DisposeAsync();

    private async Task<IReadOnlyList<bool>> RecordAsync(IReadOnlyList<CallbackReport> reports, CancellationToken cancellationToken)
    {
        var written = await _store.RecordAsync(reports, cancellationToken);
        return [.. reports.Select(r => written.Contains(r.CallbackId))];
    }
}
