using OtpPipeline.Core.Batching;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Batching;

public class Batching_calls
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly List<int> _sizes = [];
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Makes_one_batch_of_what_waits_and_answers_in_order()
    {
        await using var batcher = Held(items => items.Select(i => i * 2));
        var first = batcher.AddAsync(0, CancellationToken.None);
        await _started.Task.WaitAsync(Patience);
        var others = Enumerable.Range(1, 250).Select(i => batcher.AddAsync(i, CancellationToken.None)).ToList();

        _gate.SetResult();

        (await first).ShouldBe(0);
        (await Task.WhenAll(others).WaitAsync(Patience)).ShouldBe(Enumerable.Range(1, 250).Select(i => i * 2));
        _sizes.ShouldBe([1, 200, 50]);
    }

    [Fact]
    public async Task Ends_a_batch_with_the_call_that_fills_it()
    {
        await using var batcher = new Batcher<int, int>(
            async (items, _) =>
            {
                _started.TrySetResult();
                await _gate.Task;
                _sizes.Add(items.Count);
                return items;
            },
            _ => false, writers: 1, maxBatch: 10, size: item => item);
        var first = batcher.AddAsync(1, CancellationToken.None);
        await _started.Task.WaitAsync(Patience);
        var others = new[] { 4, 5, 6, 10, 1 }.Select(i => batcher.AddAsync(i, CancellationToken.None)).ToList();

        _gate.SetResult();

        (await Task.WhenAll([first, .. others]).WaitAsync(Patience)).ShouldBe([1, 4, 5, 6, 10, 1]);
        _sizes.ShouldBe([1, 3, 1, 1]);
    }

    [Fact]
    public async Task Lets_a_single_call_not_wait_for_company()
    {
        _gate.SetResult();
        await using var batcher = Held(items => items);

        (await batcher.AddAsync(7, CancellationToken.None).WaitAsync(Patience)).ShouldBe(7);

        _sizes.ShouldBe([1]);
    }

    [Fact]
    public async Task Keeps_to_its_writers_and_batch_size_under_real_concurrency()
    {
        int underWay = 0, most = 0, batches = 0;
        await using var batcher = new Batcher<int, int>(
            async (items, _) =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref underWay));
                Interlocked.Increment(ref batches);
                await Task.Yield();
                Interlocked.Decrement(ref underWay);
                items.Count.ShouldBeLessThanOrEqualTo(10);
                return [.. items.Select(i => -i)];
            },
            _ => false, writers: 3, maxBatch: 10, capacity: 50);

        await Parallel.ForEachAsync(Enumerable.Range(0, 5_000), new ParallelOptions { MaxDegreeOfParallelism = 200 }, async (i, token) =>
            (await batcher.AddAsync(i, token)).ShouldBe(-i));

        most.ShouldBeInRange(1, 3);
        batches.ShouldBeLessThan(5_000);
    }

    [Fact]
    public async Task Goes_beside_a_batch_that_is_held_up()
    {
        await using var batcher = new Batcher<int, int>(
            async (items, _) =>
            {
                if (items.Contains(0))
                {
                    _started.TrySetResult();
                    await _gate.Task;
                }

                return items;
            },
            _ => false, writers: 2);
        var held = batcher.AddAsync(0, CancellationToken.None);
        await _started.Task.WaitAsync(Patience);

        (await batcher.AddAsync(1, CancellationToken.None).WaitAsync(Patience)).ShouldBe(1);
        (await batcher.AddAsync(2, CancellationToken.None).WaitAsync(Patience)).ShouldBe(2);

        held.IsCompleted.ShouldBeFalse();
        _gate.SetResult();
        (await held.WaitAsync(Patience)).ShouldBe(0);
    }

    [Fact]
    public async Task Lets_a_bad_item_cost_only_its_own_call()
    {
        await using var batcher = Held(items => items.Contains(13) ? throw new FormatException("13") : items);
        var calls = await StartAsync(batcher, 20);

        _gate.SetResult();
        await Settled(calls);

        calls.Where(c => c.IsFaulted).ShouldHaveSingleItem().Exception!.InnerException.ShouldBeOfType<FormatException>();
        calls.Where(c => c.IsCompletedSuccessfully).Select(c => c.Result).ShouldBe(Enumerable.Range(0, 20).Where(i => i != 13));
    }

    [Fact]
    public async Task Fails_all_calls_at_once_in_an_outage_and_goes_on_after_it()
    {
        var away = true;
        await using var batcher = Held(items => items.Count > 1 && away ? throw new TimeoutException() : items);
        var calls = await StartAsync(batcher, 20);

        _gate.SetResult();
        await Settled(calls);

        calls.Count(c => c.Exception?.InnerException is TimeoutException).ShouldBe(19);
        _sizes.ShouldBe([1, 19]);
        away = false;
        (await batcher.AddAsync(5, CancellationToken.None).WaitAsync(Patience)).ShouldBe(5);
    }

    [Fact]
    public async Task Stops_asking_when_an_outage_begins_among_single_calls()
    {
        await using var batcher = Held(
            items => items.Count > 1 ? throw new FormatException() : items[0] > 0 ? throw new TimeoutException() : items);
        var calls = await StartAsync(batcher, 101);

        _gate.SetResult();
        await Settled(calls);

        calls.Count(c => c.Exception?.InnerException is TimeoutException).ShouldBe(100);
        _sizes.Count.ShouldBeLessThan(50);
    }

    [Fact]
    public async Task Lets_a_caller_go_without_cancelling_the_batch()
    {
        var done = new List<int>();
        using var impatient = new CancellationTokenSource();
        await using (var batcher = Held(items => { done.AddRange(items); return items; }))
        {
            var first = batcher.AddAsync(1, impatient.Token);
            await _started.Task.WaitAsync(Patience);
            var waiting = batcher.AddAsync(2, impatient.Token);
            var patient = batcher.AddAsync(3, CancellationToken.None);

            await impatient.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(first);
            await Should.ThrowAsync<OperationCanceledException>(waiting);
            _gate.SetResult();

            (await patient.WaitAsync(Patience)).ShouldBe(3);
        }

        done.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Finishes_what_waits_when_it_is_disposed_and_takes_nothing_more()
    {
        var batcher = Held(items => items);
        var calls = await StartAsync(batcher, 20);

        var end = batcher.DisposeAsync().AsTask();
        end.IsCompleted.ShouldBeFalse();
        await Should.ThrowAsync<System.Threading.Channels.ChannelClosedException>(() => batcher.AddAsync(1, CancellationToken.None));
        _gate.SetResult();
        await end.WaitAsync(Patience);
        await Settled(calls);

        calls.ShouldAllBe(c => c.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Belongs_to_no_request()
    {
        var request = new AsyncLocal<string?> { Value = "the first request" };
        await using var batcher = new Batcher<int, string?>(
            (items, _) => Task.FromResult<IReadOnlyList<string?>>([.. items.Select(_ => request.Value)]), _ => false, 1);

        (await batcher.AddAsync(1, CancellationToken.None).WaitAsync(Patience)).ShouldBeNull();
    }

    /// <summary>One writer whose first batch waits for the gate.</summary>
    private Batcher<int, int> Held(Func<IReadOnlyList<int>, IEnumerable<int>> answer) => new(
        async (items, _) =>
        {
            lock (_sizes)
            {
                _sizes.Add(items.Count);
            }

            _started.TrySetResult();
            await _gate.Task;
            lock (_sizes)
            {
                return [.. answer(items)];
            }
        },
        e => e is TimeoutException, writers: 1);

    private async Task<List<Task<int>>> StartAsync(Batcher<int, int> batcher, int count)
    {
        List<Task<int>> calls = [batcher.AddAsync(0, CancellationToken.None)];
        await _started.Task.WaitAsync(Patience);
        calls.AddRange(Enumerable.Range(1, count - 1).Select(i => batcher.AddAsync(i, CancellationToken.None)));
        return calls;
    }

    private static Task Settled(IEnumerable<Task> calls) =>
        Task.WhenAll(calls.Select(c => c.ContinueWith(_ => { }, TaskScheduler.Default))).WaitAsync(Patience);

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
