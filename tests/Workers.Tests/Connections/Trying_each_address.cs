using System.Net;
using System.Net.Sockets;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Connections;
using OtpPipeline.Workers.Tests.Callbacks;
using OtpPipeline.Workers.Tests.Providers.Smtp;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Connections;

public sealed class Trying_each_address
{
    [Fact]
    public async Task An_address_that_never_answers_costs_a_callback_a_moment_only()
    {
        await using var subscriber = await HttpReceiver.StartAsync();
        using var silent = new SilentPort("127.0.0.2", subscriber.Port);
        using var exchange = new RealExchange(resolve: _ => [silent.Address, IPAddress.Loopback]);

        var made = await exchange.SendAsync($"http://subscriber.example:{subscriber.Port}/");

        made!.Result.HttpStatus.ShouldBe(200);
        subscriber.All.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_same_of_a_gateway()
    {
        await using var gateway = await HttpReceiver.StartAsync();
        var port = new Uri(gateway.Url).Port;
        using var silent = new SilentPort("127.0.0.2", port);
        await using var host = new ProviderHost(
            new Dictionary<string, string?> { ["Type"] = "http", ["Url"] = $"http://gateway.example:{port}/", ["PlainHttpNetworks:0"] = "127.0.0.0/8" },
            resolve: _ => [silent.Address, IPAddress.Loopback]);

        (await host.SendAsync(Messages.To("+33612246400"))).ShouldBe(new SendOutcome.Accepted(null));

        gateway.Single.Method.ShouldBe("POST");
    }

    [Fact]
    public async Task The_same_of_a_mail_server()
    {
        await using var server = await MailServer.StartAsync();
        using var silent = new SilentPort("127.0.0.2", server.Port);
        await using var host = new ProviderHost(
            new Dictionary<string, string?>
            {
                ["Type"] = "smtp", ["Host"] = "mail_server", ["Port"] = $"{server.Port}", ["Security"] = "None",
                ["From"] = "codes@otp.example",
            },
            resolve: _ => [silent.Address, IPAddress.Loopback]);

        (await host.SendAsync(Messages.To("a@mail.example", Channel.Email))).ShouldBeOfType<SendOutcome.Accepted>();

        (await server.SingleAsync()).Recipients.ShouldBe(["a@mail.example"]);
    }

    [Fact]
    public async Task The_next_address_follows_a_refused_one()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var connector = Connector("127.0.0.2", "127.0.0.3", "127.0.0.1");

        using var socket = await connector.ConnectAsync("ours", new("host.example", port), _ => { }, CancellationToken.None);

        socket.RemoteEndPoint.ShouldBe(new IPEndPoint(IPAddress.Loopback, port));
    }

    [Fact]
    public async Task Where_no_address_answers_the_failure_of_the_first_is_told()
    {
        var failure = await Should.ThrowAsync<SocketException>(
            () => Connector("127.0.0.2", "127.0.0.1").ConnectAsync("ours", new("host.example", 1), _ => { }, CancellationToken.None));

        failure.SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
    }

    [Fact]
    public async Task Nothing_is_tried_before_every_address_is_checked()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        IReadOnlyList<IPAddress> seen = [];

        await Should.ThrowAsync<InvalidOperationException>(() => Connector("127.0.0.1", "127.0.0.2").ConnectAsync(
            "ours",
            new("host.example", ((IPEndPoint)listener.LocalEndpoint).Port),
            addresses =>
            {
                seen = addresses;
                throw new InvalidOperationException();
            },
            CancellationToken.None));

        seen.Select(a => a.ToString()).ShouldBe(["127.0.0.1", "127.0.0.2"]);
        listener.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task The_callers_token_ends_all_attempts()
    {
        using var silent = new SilentPort("127.0.0.2", 0);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(400));

        await Should.ThrowAsync<OperationCanceledException>(
            () => Connector("127.0.0.2").ConnectAsync("ours", new("host.example", silent.Port), _ => { }, patience.Token));
    }

    [Theory]
    [InlineData("::1,::2,10.0.0.1,10.0.0.2", "::1,10.0.0.1,::2,10.0.0.2")]
    [InlineData("10.0.0.1,10.0.0.2,::1", "10.0.0.1,::1,10.0.0.2")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    public void The_two_families_take_turns(string addresses, string order) =>
        string.Join(',', HostConnector.Interleave([.. addresses.Split(',').Select(IPAddress.Parse)])).ShouldBe(order);

    private static HostConnector Connector(params string[] addresses) =>
        new(
            new NameLookups(_ => [.. addresses.Select(IPAddress.Parse)], 4, TimeSpan.FromSeconds(5), TimeProvider.System),
            TimeProvider.System);
}
