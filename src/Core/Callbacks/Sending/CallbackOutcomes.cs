using Microsoft.Extensions.Options;
using OtpPipeline.Core.Gathering;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Core.Callbacks.Sending;

/// <summary>Writes what became of callbacks; many share one commit.</summary>
public sealed class CallbackOutcomes : IAsyncDisposable
{
    private readonly ICallbackStore _store;
    private readonly Gatherer<CallbackReport, bool> _gatherer;

    public CallbackOutcomes(ICallbackStore store, IOptions<GatheringOptions> gathering)
    {
        _store = store;
        _gatherer = new(RecordAsync, StoreFailures.IsOutage, gathering.Value.Writers, gathering.Value.MaxBatch);
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
