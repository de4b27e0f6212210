using OtpPipeline.Core.Deliveries;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Providers.Http;

public sealed class A_gateway_that_breaks
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(700);

    [Fact]
    public async Task Nobody_listening_means_that_nothing_went_out() =>
        (await SendAsync("http://127.0.0.1:1/")).ShouldBe(new SendOutcome.ProviderFailed("unavailable"));

    [Fact]
    public async Task A_handshake_that_never_ends_means_that_nothing_went_out()
    {
        await using var server = new RawServer(c => c.NothingAsync());

        (await SendAsync($"https://127.0.0.1:{server.Port}/", more: ("ConnectTimeout", "00:00:00.3")))
            .ShouldBe(new SendOutcome.ProviderFailed("unavailable"));
    }

    [Fact]
    public async Task The_same_when_the_time_of_the_channel_ends_first()
    {
        await using var server = new RawServer(c => c.NothingAsync());

        (await SendAsync($"https://127.0.0.1:{server.Port}/", Short)).ShouldBe(new SendOutcome.ProviderFailed("unavailable"));
    }

    [Fact]
    public async Task No_answer_in_time_is_unknown()
    {
        await using var server = new RawServer(c => c.NothingAsync());

        (await SendAsync($"http://127.0.0.1:{server.Port}/", Short)).ShouldBe(new SendOutcome.Unknown("timeout"));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task A_connection_that_ends_after_the_request_is_unknown_and_asked_once(string method)
    {
        RawServer server = null!;
        await using var running = server = new RawServer(async c =>
        {
            await c.HearUntilAsync("");
            server.Saw();
        });

        (await SendAsync($"http://127.0.0.1:{server.Port}/", more: ("Method", method)))
            .ShouldBe(new SendOutcome.Unknown("connection_lost"));

        server.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_that_was_kept_and_ends_at_the_next_request_is_not_asked_again()
    {
        RawServer server = null!;
        await using var running = server = new RawServer(async c =>
        {
            await c.HearUntilAsync("");
            server.Saw();
            await c.SayAsync("HTTP/1.1 200 OK\nContent-Length: 0\n\n");
            await c.HearUntilAsync("");
            server.Saw();
        });
        await using var host = new ProviderHost(
            new Dictionary<string, string?> { ["Type"] = "http", ["Method"] = "GET", ["Url"] = $"http://127.0.0.1:{server.Port}/" });
        (await host.SendAsync(Messages.To("+33612246400"))).ShouldBe(new SendOutcome.Accepted(null));

        (await host.SendAsync(Messages.To("+33612246400"))).ShouldBe(new SendOutcome.Unknown("connection_lost"));

        (server.Connections, server.Requests).ShouldBe((1, 2));
    }

    [Fact]
    public async Task No_environment_variable_makes_a_proxy()
    {
        await using var gateway = await HttpReceiver.StartAsync();
        var before = Environment.GetEnvironmentVariable("http_proxy");
        Environment.SetEnvironmentVariable("http_proxy", "http://127.0.0.1:1/");
        try
        {
            (await SendAsync(gateway.Url.Replace("127.0.0.1", "localhost"))).ShouldBe(new SendOutcome.Accepted(null));
        }
        finally
        {
            Environment.SetEnvironmentVariable("http_proxy", before);
        }
    }

    [Fact]
    public async Task A_configured_proxy_is_used()
    {
        await using var proxy = await HttpReceiver.StartAsync();

        (await SendAsync("http://gateway.invalid/send", more: [("Proxy", proxy.Url), ("AllowPlainHttp", "true")]))
            .ShouldBe(new SendOutcome.Accepted(null));

        proxy.Single.Headers["Host"].ShouldBe("gateway.invalid");
    }

    private static async Task<SendOutcome> SendAsync(string url, TimeSpan? timeout = null, params (string Key, string? Value)[] more)
    {
        await using var host = new ProviderHost(new Dictionary<string, string?> { ["Type"] = "http", ["Url"] = url }.With(more), timeout);
        return await host.SendAsync(Messages.To("+33612246400"));
    }
}
