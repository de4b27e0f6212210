using Microsoft.Extensions.Options;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Core.Callbacks.Sending;

/// <summary>Writes the outcomes of callbacks; many share one commit.</summary>
public sealed class CallbackOutcomes : IAsyncDisposable
{
    private readonly ICallbackStore _store;
    private readonly Batcher<CallbackReport, bool> _batcher;

    public CallbackOutcomes(ICallbackStore store, IOptions<BatchingOptions> batching)
    {
        _store = store;
        _batcher = new(RecordAsync, StoreFailures.IsOutage, batching.Value.Writers, batching.Value.MaxBatch);
    }

    /// <summary>Returns false, and writes nothing, when the reporter no longer holds the lease.</summary>
    public Task<bool> RecordAsync(CallbackReport report, CancellationToken cancellationToken) =>
        _batcher.AddAsync(report, cancellationToken);

    public ValueTask DisposeAsync() => _batcher.DisposeAsync();

    private async Task<IReadOnlyList<bool>> RecordAsync(IReadOnlyList<CallbackReport> reports, CancellationToken cancellationToken)
    {
        var written = await _store.RecordAsync(reports, cancellationToken);
        return [.. reports.Select(r => written.Contains(r.CallbackId))];
    }
}
