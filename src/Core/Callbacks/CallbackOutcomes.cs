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
        return [.. claimed.Select(c => new OutgoingCallback(c.Id, c.ApplicationId, leaseId, c.Failures, _secrets.OpenCallback(c), leasedSince))];
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
