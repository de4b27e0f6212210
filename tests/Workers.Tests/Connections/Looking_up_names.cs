using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Workers.Connections;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Connections;

/// <summary>Over a resolver that blocks as the system's does.</summary>
public sealed class Looking_up_names : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new();
    private readonly ManualResetEventSlim _silence = new();
    private readonly ConcurrentQueue<string> _asked = [];
    private readonly NameLookups _lookups;

    public Looking_up_names() => _lookups = new(Resolve, places: 64, Deadline, _time);

    [Fact]
    public async Task Two_hundred_names_that_nobody_answers_for_leave_threads_to_other_owners()
    {
        var slow = Enumerable.Range(0, 200).Select(i => ResolveAsync("theirs", $"slow-{i}.example")).ToList();

        (await ResolveAsync("ours", "healthy.example").WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe([IPAddress.Loopback]);

        await Eventually.Until(() => Task.FromResult(_asked.Count == 33), "half of the threads are theirs");
        slow.ShouldAllBe(s => !s.IsCompleted);
    }

    [Fact]
    public async Task A_look_up_ends_at_its_deadline_and_its_failure_is_kept_for_a_while()
    {
        var first = ResolveAsync("ours", "slow.example");
        await Eventually.Until(() => Task.FromResult(_asked.Count == 1), "it is asked for");
        _time.Advance(Deadline);

        (await Should.ThrowAsync<SocketException>(first)).SocketErrorCode.ShouldBe(SocketError.TryAgain);
        await Should.ThrowAsync<SocketException>(ResolveAsync("ours", "SLOW.example"));
        _time.Advance(NameLookups.FailureLifetime);
        await Should.ThrowAsync<SocketException>(ResolveAsync("ours", "slow.example"));
        _asked.Count.ShouldBe(1, "its thread is still blocked, and no second one is");
    }

    [Fact]
    public async Task A_name_that_failed_is_asked_for_again_when_the_failure_is_forgotten()
    {
        await Should.ThrowAsync<SocketException>(ResolveAsync("ours", "nowhere.example"));
        await Should.ThrowAsync<SocketException>(ResolveAsync("ours", "nowhere.example"));
        await Should.ThrowAsync<SocketException>(ResolveAsync("theirs", "nowhere.example"));
        _asked.Count.ShouldBe(2, "once for each owner");

        _time.Advance(NameLookups.FailureLifetime);
        await Should.ThrowAsync<SocketException>(ResolveAsync("ours", "nowhere.example"));
        _asked.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_look_up_that_got_no_thread_in_time_tells_nothing_of_the_name()
    {
        for (var i = 0; i < 32; i++)
        {
            _ = ResolveAsync("ours", $"slow-{i}.example").ContinueWith(t => t.Exception, TaskScheduler.Default);
        }

        await Eventually.Until(() => Task.FromResult(_asked.Count == 32), "the share is used up");
        var waiting = ResolveAsync("ours", "healthy.example");
        _time.Advance(Deadline);
        await Should.ThrowAsync<NoLookupPlaceException>(waiting);

        _silence.Set();
        await Eventually.Until(() => Task.FromResult(_asked.Count == 32), "nothing more is asked for");
        (await ResolveAsync("ours", "healthy.example").WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe([IPAddress.Loopback]);
    }

    [Fact]
    public async Task What_waits_is_looked_up_when_threads_are_free_again()
    {
        var all = Enumerable.Range(0, 100).Select(i => ResolveAsync("ours", $"slow-{i}.example")).ToList();
        await Eventually.Until(() => Task.FromResult(_asked.Count == 32), "the share is used up");

        _silence.Set();

        (await Task.WhenAll(all)).ShouldAllBe(a => a.Single().Equals(IPAddress.Loopback));
    }

    [Fact]
    public async Task Those_who_ask_for_a_name_at_once_share_one_look_up()
    {
        var all = Enumerable.Range(0, 50).Select(_ => ResolveAsync("ours", "slow.example")).ToList();
        await Eventually.Until(() => Task.FromResult(_asked.Count == 1), "it is asked for");

        _silence.Set();

        await Task.WhenAll(all);
        _asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Who_gives_up_waiting_ends_nobody_elses_look_up()
    {
        using var impatient = new CancellationTokenSource();
        var given = _lookups.ResolveAsync("ours", "slow.example", impatient.Token);
        var kept = ResolveAsync("ours", "slow.example");
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(given);

        _silence.Set();

        (await kept).ShouldBe([IPAddress.Loopback]);
    }

    public void Dispose()
    {
        _silence.Set();
    }

    private Task<IPAddress[]> ResolveAsync(string owner, string host) => _lookups.ResolveAsync(owner, host, CancellationToken.None);

    private IPAddress[] Resolve(string host)
    {
        _asked.Enqueue(host.ToLowerInvariant());
        if (host.StartsWith("slow", StringComparison.OrdinalIgnoreCase))
        {
            _silence.Wait();
        }

        return host.StartsWith("nowhere", StringComparison.Ordinal)
            ? throw new SocketException((int)SocketError.HostNotFound)
            : [IPAddress.Loopback];
    }
}
