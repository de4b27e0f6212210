using System.Threading.Channels;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Core.Batching;

/// <summary>Collects concurrent calls into batches, so that many share one commit.</summary>
/// <remarks>
/// Batches run one after the other, each with all calls that wait at its start. Another writer starts when one is held up. A call is
/// answered when its batch is done; a batch of one does not wait. A batch that the database rolled back for a transient reason runs again.
/// A failed batch is retried item by item, so that a bad item fails only its own call. A caller that disconnects never cancels a batch.
/// </remarks>
/// <typeparam name="TItem">One call.</typeparam>
/// <typeparam name="TResult">Its answer.</typeparam>
public sealed class Batcher<TItem, TResult> : IAsyncDisposable
{
    private const int Singles = 8;

    // Two batches at once would be half as large each, and the cost of a batch hardly depends on its size.
    private static readonly TimeSpan HeldUp = TimeSpan.FromMilliseconds(20);

    private readonly Channel<Call> _calls;
    private readonly Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> _batch;
    private readonly Func<Exception, bool> _isOutage;
    private readonly int _maxBatch;
    private readonly Func<TItem, int>? _size;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Task[] _writers;

    /// <param name="batch">Processes a batch; returns the answers in the order of the items.</param>
    /// <param name="isOutage">The failure is not caused by one item: all calls fail at once and are not retried one by one.</param>
    /// <param name="writers">Concurrent batches.</param>
    /// <param name="maxBatch">Maximum items in a batch.</param>
    /// <param name="capacity">Calls that may wait; further ones wait for capacity.</param>
    /// <param name="size">How many items one call stands for; null for one.</param>
    public Batcher(
        Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> batch,
        Func<Exception, bool> isOutage,
        int writers,
        int maxBatch = 200,
        int capacity = 10_000,
        Func<TItem, int>? size = null)
    {
        _batch = batch;
        _isOutage = isOutage;
        _maxBatch = maxBatch;
        _size = size;
        _calls = Channel.CreateBounded<Call>(new BoundedChannelOptions(capacity) { SingleReader = false });

        // The writers outlive the request that creates them: without this, all their work would belong to its trace.
        using (ExecutionContext.SuppressFlow())
        {
            _writers = [.. Enumerable.Range(0, writers).Select(_ => Task.Run(WriteAsync))];
        }
    }

    /// <summary>Completes when the batch with this item is done.</summary>
    /// <exception cref="OperationCanceledException">The caller stopped waiting; the item is processed anyway.</exception>
    public async Task<TResult> AddAsync(TItem item, CancellationToken cancellationToken)
    {
        var call = new Call(item);
        await _calls.Writer.WriteAsync(call, cancellationToken);
        return await call.Answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Accepts no further calls and finishes the waiting ones.</summary>
    public async ValueTask DisposeAsync()
    {
        _calls.Writer.TryComplete();
        await Task.WhenAll(_writers);
        _turn.Dispose();
    }

    private async Task WriteAsync()
    {
        var calls = new List<Call>(_maxBatch);
        while (await _calls.Reader.WaitToReadAsync())
        {
            var hasTurn = await _turn.WaitAsync(HeldUp);
            for (var items = 0; items < _maxBatch && _calls.Reader.TryRead(out var call); items += _size?.Invoke(call.Item) ?? 1)
            {
                calls.Add(call);
            }

            if (calls.Count > 0)
            {
                await DoAsync(calls);
                calls.Clear();
            }

            if (hasTurn)
            {
                _turn.Release();
            }
        }
    }

    /// <summary>Returns the outage that ended the batch; null without one.</summary>
    private async Task<Exception?> DoAsync(List<Call> calls)
    {
        try
        {
            var items = calls.ConvertAll(c => c.Item);
            var answers = await StoreRetries.RunAsync(() => _batch(items, CancellationToken.None));
            for (var i = 0; i < calls.Count; i++)
            {
                calls[i].Answer.TrySetResult(answers[i]);
            }

            return null;
        }
        catch (Exception failure) when (calls.Count == 1 || _isOutage(failure))
        {
            foreach (var call in calls)
            {
                call.Answer.TrySetException(failure);
            }

            return _isOutage(failure) ? failure : null;
        }
        catch (Exception)
        {
            // One item may have caused the failure: each item gets its own batch and its own failure. In parallel, because the cause may be
            // a row with a long lock.
            return await DoSinglesAsync(calls);
        }
    }

    private async Task<Exception?> DoSinglesAsync(List<Call> calls)
    {
        Exception? outage = null;
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = Singles }, async (call, _) =>
        {
            // While the database is unavailable, waiting again for each of the others would only block the writer.
            if (Volatile.Read(ref outage) is { } known)
            {
                call.Answer.TrySetException(known);
            }
            else if (await DoAsync([call]) is { } found)
            {
                Volatile.Write(ref outage, found);
            }
        });
        return outage;
    }

    private sealed record Call(TItem Item)
    {
        public TaskCompletionSource<TResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
