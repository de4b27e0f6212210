using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Workers.Callbacks;

namespace OtpPipeline.Workers.Tests.Callbacks;

public sealed class The_queues_of_hosts
{
    private static readonly TimeSpan Instantly = TimeSpan.FromMilliseconds(5);
    private static readonly Guid Ours = Guid.CreateVersion7();
    private static readonly Guid Theirs = Guid.CreateVersion7();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_new_host_gets_one_place_and_many_once_it_answers_quickly()
    {
        var queues = Queues(new() { ConcurrencyPerHost = 3 });
        Enter(queues, "a", 6).ShouldBe([Admission.Start, Admission.Wait, Admission.Wait, Admission.Wait, Admission.Wait, Admission.Wait]);

        queues.Leave(Key("a"), HostResult.Answered, Instantly).Start.Count.ShouldBe(3);
        queues.Leave(Key("a"), HostResult.Answered, Instantly).Start.Count.ShouldBe(1);
    }

    [Fact]
    public void A_slow_host_gets_few_places()
    {
        var queues = Queues(new() { ConcurrencyPerHost = 32 });
        Enter(queues, "a", 9);

        queues.Leave(Key("a"), HostResult.Answered, TimeSpan.FromSeconds(2)).Start.Count.ShouldBe(4);
    }

    [Fact]
    public void Any_number_of_hosts_that_hang_leaves_places_to_one_that_answers()
    {
        var queues = Queues(new() { Concurrency = 400, ConcurrencyPerHost = 25 });
        Enter(queues, "good", 1);
        queues.Leave(Key("good"), HostResult.Answered, Instantly);

        var dead = Enumerable.Range(0, 1000).Select(i => Enter(queues, $"dead-{i}", 1).Single()).ToList();

        // Half of the 300 places of slow hosts, and half of all 400 for the application.
        dead.Count(v => v == Admission.Start).ShouldBe(150);
        dead.Count(v => v == Admission.PutBack).ShouldBe(850);
        Enter(queues, "good", 25).ShouldAllBe(v => v == Admission.Start);
    }

    [Fact]
    public void Seven_failures_of_one_application_or_of_TLS_close_nothing_for_another()
    {
        var queues = Queues(new() { BreakerFailures = 5 });
        for (var i = 0; i < 7; i++)
        {
            if (queues.Enter(Key("shared", Theirs, "https"), i, out _) == Admission.Start)
            {
                queues.Leave(Key("shared", Theirs, "https"), HostResult.Failed, Instantly);
            }
        }

        queues.Enter(Key("shared", Theirs, "https"), 0, out _).ShouldBe(Admission.PutBack);
        queues.Enter(Key("shared", Ours, "http"), 0, out _).ShouldBe(Admission.Start);
        queues.Enter(Key("shared", Ours, "https"), 0, out _).ShouldBe(Admission.Start);
        queues.Enter(Key("shared", Theirs, "http"), 0, out _).ShouldBe(Admission.Start);
    }

    [Fact]
    public void Hosts_of_one_application_that_hang_leave_places_for_the_new_hosts_of_others()
    {
        var queues = Queues(new() { Concurrency = 400 });
        for (var i = 0; i < 1000; i++)
        {
            Enter(queues, Key($"dead-{i}", Theirs), 1);
        }

        Enumerable.Range(0, 75).Select(i => queues.Enter(Key($"new-{i}"), 0, out _)).ShouldAllBe(v => v == Admission.Start);
    }

    [Fact]
    public void Hosts_that_hang_after_a_quick_answer_take_no_more_than_a_share()
    {
        var queues = Queues(new() { Concurrency = 400, ConcurrencyPerHost = 100 });
        for (var i = 0; i < 10; i++)
        {
            Enter(queues, Key($"quick-{i}", Theirs), 1);
            queues.Leave(Key($"quick-{i}", Theirs), HostResult.Answered, Instantly);
        }

        var started = Enumerable.Range(0, 10).Sum(i => Enter(queues, Key($"quick-{i}", Theirs), 100).Count(v => v == Admission.Start));

        started.ShouldBe(200);
        Enter(queues, "ours", 1).ShouldBe([Admission.Start]);
    }

    [Fact]
    public void What_waits_of_one_application_leaves_memory_for_others()
    {
        var queues = Queues(new() { Queue = 100, QueuePerHost = 1000 });

        Enter(queues, Key("busy", Theirs), 500).Count(v => v == Admission.Wait).ShouldBe(50);

        (queues.HasRoomFor(Theirs), queues.HasRoomFor(Ours)).ShouldBe((false, true));
        Enter(queues, "ours", 26).Count(v => v == Admission.Wait).ShouldBe(25);
    }

    [Fact]
    public void Hosts_of_one_application_that_are_many_do_not_make_those_of_another_forgotten()
    {
        var queues = Queues(new() { BreakerFailures = 1, BreakerPause = TimeSpan.FromMinutes(5) });
        Fail(queues);
        for (var i = 0; i < 30_000; i++)
        {
            Enter(queues, Key($"host-{i}", Theirs), 1);
            queues.Leave(Key($"host-{i}", Theirs), HostResult.Failed, Instantly);
        }

        queues.Enter(Key("a"), 0, out _).ShouldBe(Admission.PutBack);
    }

    [Theory]
    [InlineData("https://Example.com/a", "https://example.com:443")]
    [InlineData("https://example.com.:443/", "https://example.com:443")]
    [InlineData("http://example.com:443/", "http://example.com:443")]
    [InlineData("http://b\u00FCcher.example/", "http://xn--bcher-kva.example:80")]
    public void A_host_is_known_by_scheme_name_and_port(string url, string key) => HostKey.From(Ours, new(url)).ToString().ShouldBe(key);

    [Fact]
    public void A_host_that_does_not_answer_is_left_alone_longer_and_longer_then_tried_once()
    {
        var queues = Queues(new() { BreakerFailures = 2, BreakerPause = TimeSpan.FromSeconds(10) });
        Fail(queues);
        Fail(queues);
        queues.Enter(Key("a"), 0, out var delay).ShouldBe(Admission.PutBack);
        delay.ShouldBe(TimeSpan.FromSeconds(10));

        _time.Advance(TimeSpan.FromSeconds(10));
        queues.Enter(Key("a"), 0, out _).ShouldBe(Admission.Start);
        queues.Enter(Key("a"), 0, out _).ShouldBe(Admission.PutBack);
        queues.Leave(Key("a"), HostResult.Failed, Instantly);
        queues.Enter(Key("a"), 0, out delay).ShouldBe(Admission.PutBack);
        delay.ShouldBe(TimeSpan.FromSeconds(20));

        _time.Advance(TimeSpan.FromSeconds(20));
        Enter(queues, "a", 1);
        queues.Leave(Key("a"), HostResult.Answered, Instantly);
        Enter(queues, "a", 3).ShouldAllBe(v => v == Admission.Start);
    }

    [Fact]
    public void Five_failures_in_a_row_open_the_breaker_however_often_the_host_answered_before()
    {
        var queues = Queues(new());
        for (var i = 0; i < 1_000; i++)
        {
            Enter(queues, "a", 1);
            queues.Leave(Key("a"), HostResult.Answered, Instantly);
        }

        for (var i = 0; i < 5; i++)
        {
            Fail(queues);
        }

        queues.Enter(Key("a"), 0, out var delay).ShouldBe(Admission.PutBack);
        delay.ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void What_waits_behind_a_failure_goes_back_to_the_table()
    {
        var queues = Queues(new());
        Enter(queues, "a", 4);

        var change = queues.Leave(Key("a"), HostResult.Failed, Instantly);

        change.Start.ShouldBeEmpty();
        change.PutBack.ShouldBe([1, 2, 3]);
        change.Delay.ShouldBe(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void What_would_wait_longer_than_its_lease_bears_goes_back_to_the_table()
    {
        var queues = Queues(new() { ConcurrencyPerHost = 4 });
        Enter(queues, "a", 1);
        queues.Leave(Key("a"), HostResult.Answered, TimeSpan.FromSeconds(4));

        var verdicts = Enter(queues, "a", 60);

        // Four run, and 20 s of patience are 20 callbacks of 4 s on four places.
        verdicts.Count(v => v == Admission.Start).ShouldBe(4);
        verdicts.Count(v => v == Admission.Wait).ShouldBe(20);
        queues.Enter(Key("a"), 0, out var delay).ShouldBe(Admission.PutBack);
        delay.ShouldBe(TimeSpan.FromSeconds(21));
    }

    [Fact]
    public void Memory_is_bounded_however_many_hosts_there_are()
    {
        var queues = Queues(new() { Queue = 100 });
        for (var i = 0; i < 30_000; i++)
        {
            if (Enter(queues, $"host-{i}", 1).Single() == Admission.Start)
            {
                queues.Leave(Key($"host-{i}"), HostResult.Failed, Instantly);
            }
        }

        queues.Hosts.ShouldBeLessThanOrEqualTo(20_000);
        Enter(queues, "busy", 500).Count(v => v == Admission.Wait).ShouldBe(50);
    }

    [Fact]
    public void After_a_stop_everything_goes_back_to_the_table()
    {
        var queues = Queues(new());
        Enter(queues, "a", 3);

        queues.Close().ShouldBe([1, 2]);
        queues.Enter(Key("b"), 0, out var delay).ShouldBe(Admission.PutBack);
        delay.ShouldBe(TimeSpan.Zero);
    }

    private HostQueues<int> Queues(CallbackOptions options) => new(options, _time);

    private static HostKey Key(string host, Guid? application = null, string scheme = "http") => new(application ?? Ours, scheme, host, 80);

    private static void Fail(HostQueues<int> queues)
    {
        queues.Enter(Key("a"), 0, out _).ShouldBe(Admission.Start);
        queues.Leave(Key("a"), HostResult.Failed, Instantly);
    }

    private static List<Admission> Enter(HostQueues<int> queues, string host, int count) => Enter(queues, Key(host), count);

    private static List<Admission> Enter(HostQueues<int> queues, HostKey key, int count) =>
        [.. Enumerable.Range(0, count).Select(i => queues.Enter(key, i, out _))];
}
