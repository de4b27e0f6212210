using System.Net;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Stores;
using OtpPipeline.Workers.Tests.Callbacks;
using OtpPipeline.Workers.Tests.Providers.Support;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Connections;

/// <summary>A claim is over when its time has passed, though no timer of the process ran: nothing more goes out under it.</summary>
public sealed class A_process_that_was_frozen
{
    private static readonly SendOutcome HeldBack = new SendOutcome.NotSent("claim_over");
    private readonly FrozenTime _time = new();

    [Fact]
    public async Task Calls_no_provider_under_a_claim_that_is_over()
    {
        await using var gateway = await HttpReceiver.StartAsync();
        await using var host = new ProviderHost(Entry(gateway.Url), time: _time);
        var delivery = Claimed();
        _time.Freeze(TimeSpan.FromSeconds(31));

        (await host.SendAsync(delivery)).ShouldBe(HeldBack);

        gateway.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task Sends_nothing_on_a_connection_that_came_too_late(int headerLength)
    {
        var heard = 0;
        await using var server = new RawServer(async c => heard += await c.HearAsync() is null ? 0 : 1);
        await using var host = new ProviderHost(
            Entry($"http://gateway.example:{server.Port}/").With(
                ("PlainHttpNetworks:0", "127.0.0.0/8"), ("Headers:X-Long", new string('x', headerLength))),
            resolve: Freeze, time: _time);

        (await host.SendAsync(Claimed())).ShouldBe(HeldBack);

        await Eventually.Until(() => Task.FromResult(server.Connections == 1), "it connected");
        heard.ShouldBe(0);
    }

    [Fact]
    public async Task Sends_nothing_on_the_connection_that_replaces_a_dead_one()
    {
        var lookups = 0;
        RawServer server = null!;
        await using var running = server = new RawServer(async c =>
        {
            if (await c.HearAsync() is not null)
            {
                server.Saw();
                await c.HearUntilAsync("");
                await c.SayAsync("HTTP/1.1 200 OK\nConnection: close\nContent-Length: 0\n\n");
            }
        });
        await using var host = new ProviderHost(
            Entry($"http://gateway.example:{server.Port}/").With(("PlainHttpNetworks:0", "127.0.0.0/8")),
            resolve: _ => ++lookups == 1 ? [IPAddress.Loopback] : Freeze(""), time: _time);

        (await host.SendAsync(Claimed())).ShouldBe(new SendOutcome.Accepted(null));
        (await host.SendAsync(Claimed())).ShouldBe(HeldBack);

        server.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task Does_not_end_a_mail_whose_claim_is_over()
    {
        var heard = new List<string?>();
        await using var server = new RawServer(async c =>
        {
            await c.SayAsync("220 here\n");
            while (await c.HearAsync() is { } line)
            {
                heard.Add(line);
                await c.SayAsync(line switch
                {
                    "DATA" => Frozen("354 go on\n"),
                    _ =>
                        line.StartsWith("EHLO", StringComparison.Ordinal) ? "250 here\n" : line.Length > 0 && char
                            .IsUpper(line[1]) ? "250 yes\n" : "",
                });
            }
        });
        await using var host = new ProviderHost(
            new Dictionary<string, string?>
            {
                ["Type"] = "smtp", ["Host"] = "127.0.0.1", ["Port"] = $"{server.Port}", ["Security"] = "None",
                ["From"] = "codes@demo.example",
            },
            time: _time);

        (await host.SendAsync(Claimed(Channel.Email))).ShouldBe(HeldBack);

        heard.ShouldContain("DATA");
        heard.ShouldNotContain(".");
    }

    [Fact]
    public async Task Sends_no_callback_on_a_connection_that_came_too_late()
    {
        await using var subscriber = await HttpReceiver.StartAsync();
        using var exchange = new RealExchange(resolve: Freeze, time: _time);

        (await exchange.SendAsync($"http://subscriber.example:{subscriber.Port}/")).ShouldBeNull();

        subscriber.All.ShouldBeEmpty();
    }

    private static Dictionary<string, string?> Entry(string url) => new() { ["Type"] = "http", ["Url"] = url };

    private OutgoingDelivery Claimed(Channel channel = Channel.Sms) =>
        Messages.To(
            channel == Channel.Email ? "a@b.example" : "+33612246400",
            channel) with { Lease = LeaseClock.Start(_time, TimeSpan.FromSeconds(30)) };

    private IPAddress[] Freeze(string host)
    {
        _time.Freeze(TimeSpan.FromSeconds(61));
        return [IPAddress.Loopback];
    }

    private string Frozen(string line)
    {
        _time.Freeze(TimeSpan.FromSeconds(31));
        return line;
    }
}
