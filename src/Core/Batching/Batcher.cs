using System.Threading.Channels;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Core.Batching;

/// <summary>
/// Collects concurrent calls into batches, so that many share one commit. Batches go one after the other, each with all that waits
/// by then; a further writer goes beside one that is held up. A call is answered when its batch is done; a batch of one does not
/// wait. A batch that the database rolled back for a passing reason runs again. One that fails is tried again one by one, so that a bad
/// item costs only its own call. A caller that goes away never cancels a batch.
/// </summary>
/// <typeparam name="TItem">One call.</typeparam>
/// <typeparam name="TResult">Its answer.</typeparam>
public sealed class Batcher<TItem, TResult> : IAsyncDisposable
{
    private const int Singles = 8;

    // Two batches at once would be half as large each, and a batch costs the database nearly the same whatever its size.
    private static readonly TimeSpan HeldUp = TimeSpan.FromMilliseconds(20);

    private readonly Channel<Call> _calls;
    private readonly Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> _batch;
    private readonly Func<Exception, bool> _isOutage;
    private readonly int _maxBatch;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Task[] _writers;

    /// <param name="batch">Does a batch; answers in the order of the items.</param>
    /// <param name="isOutage">The failure is not of one item's making: the calls fail at once instead of one by one.</param>
    /// <param name="writers">Batches under way at once.</param>
    /// <param name="maxBatch">Items in a batch at most.</param>
    /// <param name="capacity">Calls that may wait; further ones wait to be let in.</param>
    public Batcher(
        Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> batch,
        Func<Exception, bool> isOutage,
        int writers,
        int maxBatch = 200,
        int capacity = 10_000)
    {
        _batch = batch;
        _isOutage = isOutage;
        _maxBatch = maxBatch;
        _calls = Channel.CreateBounded<Call>(new BoundedChannelOptions(capacity) { SingleReader = false });

        // The writers outlive whoever makes them: without this, everything they do would belong to the trace of the first request.
        using (ExecutionContext.SuppressFlow())
        {
            _writers = [.. Enumerable.Range(0, writers).Select(_ => Task.Run(WriteAsync))];
        }
    }

    /// <summary>Answers when the batch with this item is done.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up waiting; the item is done nevertheless.</exception>
    public async Task<TResult> AddAsync(TItem item, CancellationToken cancellationToken)
    {
        var call = new Call(item);
        await _calls.Writer.WriteAsync(call, cancellationToken);
        return await call.Answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes no further calls and finishes those that wait.</summary>
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
            while (calls.Count < _maxBatch && _calls.Reader.TryRead(out var call))
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

    /// <summary>The outage that ended it, if one did.</summary>
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
            // The failure may be of one item's making: each gets its own batch, and its own failure. Side by side, since the
            // failure may have been a row that somebody holds for long.
            return await DoSinglesAsync(calls);
        }
    }

    private async Task<Exception?> DoSinglesAsync(List<Call> calls)
    {
        Exception? outage = null;
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = Singles }, async (call, _) =>
        {
            // Once the database is away, waiting for it again for each of the others would only hold the writer.
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
