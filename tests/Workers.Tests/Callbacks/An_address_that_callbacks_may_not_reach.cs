using System.Net;
using Microsoft.AspNetCore.Http;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Workers.Callbacks;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Tests.Callbacks;

/// <summary>Over the real connections: the URL as a hostile caller writes it, the answers of a name server that works for him.</summary>
public sealed class An_address_that_callbacks_may_not_reach
{
    public static TheoryData<string> Literals =>
    [
        "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "017700000001", "0177.0.0.1", "0x7f000001", "0x7f.0.0.1",
        "0x7f.1", "0", "0.0.0.0", "00.0.0.0",
        "10.0.0.1", "10.255.255.255", "167772161", "012.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255",
        "3232235777", "0xc0a80001",
        "169.254.169.254", "169.254.170.2", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "100.64.0.1", "100.100.100.200",
        "100.127.255.255", "192.0.0.1", "192.0.2.1",
        "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
        "255.255.255.255", "127.0.0.1.", "127。0。0。1",
        "[::]", "[::1]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]",
        "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]",
        "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::10.0.0.1]", "[100::1]", "[2001::1]", "[2001:db8::1]", "[2002:7f00:1::]",
        "[2002:a9fe:a9fe::1]", "[2002:c0a8:1::1]", "[3fff::1]",
        "[fc00::1]", "[fd00:ec2::254]", "[fd12:3456::1]", "[fe80::1]", "[fe80::1%25lo]", "[fec0::1]", "[ff02::1]", "[5f00::1]",
    ];

    public static TheoryData<string> Answers =>
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "192.0.2.1", "198.18.0.1",
        "224.0.0.1", "255.255.255.255", "::1", "::",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
        "2002:7f00:1::", "2001::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1",
        "93.184.216.34,127.0.0.1", "127.0.0.1,93.184.216.34", "2606:4700:4700::1111,::1",
    ];

    [Theory]
    [MemberData(nameof(Literals))]
    public async Task Is_refused_for_good_however_it_is_written(string host)
    {
        // Some spellings are names to us and addresses to a resolver: this one answers as the kindest of them.
        var made = await SendAsync($"http://{host}:9/", _ => [IPAddress.Loopback]);

        ShouldBeRefused(made);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Is_refused_for_good_when_a_name_means_it_even_among_others(string addresses)
    {
        var made = await SendAsync("https://subscriber.example/", _ => [.. addresses.Split(',').Select(IPAddress.Parse)]);

        ShouldBeRefused(made);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("localhost.")]
    [InlineData("ip6-localhost")]
    public async Task Is_refused_when_the_machines_own_resolver_says_so(string host)
    {
        (await SendAsync($"http://{host}:9/", Dns.GetHostAddresses)).Result.Error
            .ShouldBeOneOf(CallbackReasons.AddressRefused, "name_not_resolved");
    }

    [Fact]
    public async Task Is_not_reached_by_a_name_that_means_something_else_the_second_time()
    {
        await using var inner = await HttpReceiver.StartAsync();
        var lookups = 0;
        IPAddress[] Rebind(string host) => [Interlocked.Increment(ref lookups) == 1 ? IPAddress.Parse("127.0.0.7") : IPAddress.Loopback];

        // 127.0.0.7 stands for a public address: it is checked fine, nobody listens there, and nothing else may be tried.
        var settings = new CallbackOptions { AllowedNetworks = ["127.0.0.7/32"] };
        var made = await SendAsync($"http://rebind.example:{inner.Port}/", Rebind, settings);

        made.Result.Error.ShouldBe("not_connected");
        lookups.ShouldBe(1);
        ShouldBeRefused(await SendAsync($"http://rebind.example:{inner.Port}/", Rebind, settings));
        inner.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_not_reached_by_a_redirect()
    {
        await using var inner = await HttpReceiver.StartAsync();
        await using var outer = await HttpReceiver.StartAsync(http =>
        {
            http.Response.Redirect($"http://127.0.0.1:{inner.Port}/", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });

        var made = await SendAsync(
            $"http://outer.example:{outer.Port}/", _ => [IPAddress.Loopback], new() { AllowedNetworks = ["127.0.0.0/8"] });

        made.Result.HttpStatus.ShouldBe(307);
        inner.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_not_reached_through_a_proxy_of_the_environment()
    {
        await using var proxy = await HttpReceiver.StartAsync();
        Environment.SetEnvironmentVariable("http_proxy", proxy.Url);
        try
        {
            ShouldBeRefused(await SendAsync("http://subscriber.example/", _ => [IPAddress.Loopback]));
        }
        finally
        {
            Environment.SetEnvironmentVariable("http_proxy", null);
        }

        proxy.All.ShouldBeEmpty();
    }

    private static void ShouldBeRefused(MadeRequest made)
    {
        made.Result.Error.ShouldBe(CallbackReasons.AddressRefused);
        CallbackSchedule.Decide(made.Result, 0, CallbackSchedule.Default, 0)
            .ShouldBe(new(CallbackStatus.Parked, CallbackReasons.AddressRefused, TimeSpan.Zero));
    }

    private static async Task<MadeRequest> SendAsync(string url, ResolveName resolve, CallbackOptions? options = null)
    {
        using var exchange = new RealExchange(options ?? new(), resolve);
        return (await exchange.SendAsync(url)).ShouldNotBeNull();
    }
}
