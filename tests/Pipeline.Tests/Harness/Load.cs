using System.Collections.Concurrent;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>Callers side by side: a number of calls, or calls without end until told.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _callers;

    private Load(int concurrency, Func<Task> call) =>
        _callers = [.. Enumerable.Range(0, concurrency).Select(_ => Task.Run(() => RepeatAsync(call)))];

    /// <summary>Large numbers where ./test --long asks for them.</summary>
    public static bool IsLong => Environment.GetEnvironmentVariable("OTP_TEST_LONG") is { Length: > 0 };

    public static int Scale(int usual, int inLongRuns) => IsLong ? inLongRuns : usual;

    /// <summary>Makes the calls with at most this many at once; the results in their order.</summary>
    public static async Task<T[]> RunAsync<T>(int count, int concurrency, Func<int, Task<T>> call)
    {
        var results = new T[count];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(count, concurrency)).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                results[i] = await call(i);
            }
        })));
        return results;
    }

    /// <summary>Every call at the same moment, as far as a machine can.</summary>
    public static async Task<T[]> AtOnceAsync<T>(int count, Func<int, Task<T>> call)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = Enumerable.Range(0, count).Select(async i =>
        {
            await start.Task;
            return await call(i);
        }).ToArray();
        start.SetResult();
        return await Task.WhenAll(calls);
    }

    /// <summary>Requests OTPs of this pipeline from now on, whatever dies meanwhile; what was accepted is in the bag.</summary>
    public static Load OfRequests(
        RunningPipeline pipeline, int concurrency, ConcurrentDictionary<Guid, string> accepted,
        TimeSpan pause = default) => new(concurrency, async () =>
    {
        var recipient = Recipients.Next();
        var answer = pipeline.Apis.Any(a => a.IsRunning)
            ? await Client.TryAsync(() => pipeline.Client.RequestAsync(new { phoneNumber = recipient }))
            : new HostAnswer(HostAnswer.NoAnswer, "");
        if (answer.Status == 201)
        {
            accepted[answer.OtpId] = recipient;
        }

        if (answer.Status == HostAnswer.NoAnswer)
        {
            await Task.Delay(20);
        }
        else if (pause > TimeSpan.Zero)
        {
            await Task.Delay(pause);
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_callers);
        _stop.Dispose();
    }

    private async Task RepeatAsync(Func<Task> call)
    {
        while (!_stop.IsCancellationRequested)
        {
            await call();
        }
    }
}
