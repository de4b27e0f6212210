using System.Text;
using Microsoft.AspNetCore.Http;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Workers.Callbacks;
using OtpPipeline.Workers.Tests.Providers.Support;
using StandardWebhooks;

namespace OtpPipeline.Workers.Tests.Callbacks;

public sealed class One_request_to_a_subscriber
{
    // So long that only a hang lasts it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly byte[] Secret = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();

    [Fact]
    public async Task Has_the_body_as_stored_and_the_headers_of_the_scheme_and_no_others()
    {
        await using var subscriber = await HttpReceiver.StartAsync();
        using var exchange = new RealExchange();
        var callback = exchange.Callback(subscriber.Url + "/hook?x=1");

        var made = await exchange.SendAsync(callback, secrets: [Secret]);

        made!.Result.ShouldBe(new(200, null, null));
        var request = subscriber.All.ShouldHaveSingleItem();
        request.Body.ShouldBe("{\"event\":\"ü\"}");
        request.Headers.Keys.Order(StringComparer.OrdinalIgnoreCase).ShouldBe(
            [
                "Accept-Encoding", "Content-Length", "Content-Type", "Host", "User-Agent", "webhook-id", "webhook-signature",
                "webhook-timestamp"]);
        request.Headers["Accept-Encoding"].ShouldBe("identity");
        request.Headers["Content-Type"].ShouldBe("application/json");
        request.Headers["User-Agent"].ShouldBe("OtpPipeline");
        request.Headers["webhook-id"].ShouldBe(callback.Id.ToString());
        var timestamp = long.Parse(request.Headers["webhook-timestamp"], System.Globalization.CultureInfo.InvariantCulture);
        timestamp.ShouldBeInRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        request.Headers["webhook-signature"].ShouldBe(
            new StandardWebhook(Secret).Sign(callback.Id.ToString(), DateTimeOffset.FromUnixTimeSeconds(timestamp), request.Body));
    }

    [Fact]
    public async Task Is_not_signed_where_the_application_has_no_secret()
    {
        await using var subscriber = await HttpReceiver.StartAsync();

        await SendAsync(subscriber.Url);

        var headers = subscriber.All.ShouldHaveSingleItem().Headers;
        headers.Keys.ShouldNotContain("webhook-signature");
        headers.Keys.ShouldContain("webhook-timestamp");
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Follows_no_redirect(int status)
    {
        await using var inner = await HttpReceiver.StartAsync();
        await using var subscriber = await HttpReceiver.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = inner.Url;
            http.Response.Headers.SetCookie = "a=b";
            return Task.CompletedTask;
        });

        (await SendAsync(subscriber.Url)).Result.HttpStatus.ShouldBe(status);
        await SendAsync(subscriber.Url);

        inner.All.ShouldBeEmpty();
        subscriber.All.ShouldAllBe(r => !r.Headers.ContainsKey("Cookie"));
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("nonsense", null)]
    public async Task Notes_how_long_the_subscriber_wants_to_be_left_alone(string header, int? seconds)
    {
        await using var subscriber = await HttpReceiver.StartAsync(http =>
        {
            http.Response.StatusCode = 429;
            http.Response.Headers.RetryAfter = header;
            return http.Response.WriteAsync("slow down");
        });

        var made = await SendAsync(subscriber.Url);

        made.Result.ShouldBe(new(429, null, seconds is { } s ? TimeSpan.FromSeconds(s) : null));
        made.Host.ShouldBe(HostResult.Failed);
        Encoding.UTF8.GetString(made.Answer!).ShouldBe("slow down");
    }

    [Fact]
    public async Task Reads_no_more_than_512_bytes_of_an_endless_answer()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var subscriber = await HttpReceiver.StartAsync(async http =>
        {
            var chunk = new byte[64 * 1024];
            try
            {
                while (true)
                {
                    await http.Response.Body.WriteAsync(chunk, http.RequestAborted);
                }
            }
            finally
            {
                closed.TrySetResult();
            }
        });

        var made = await SendAsync(subscriber.Url);

        made.Answer!.Length.ShouldBe(512);
        made.Result.IsSuccess.ShouldBeTrue();

        // The subscriber's writing ends only with its connection.
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Waits_no_longer_than_a_second_for_the_rest_of_a_dripping_answer()
    {
        await using var subscriber = await HttpReceiver.StartAsync(async http =>
        {
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.WriteAsync("x", http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await Task.Delay(100, http.RequestAborted);
            }
        });

        var made = await SendAsync(subscriber.Url, RealExchange.ToThisMachine(TimeSpan.FromMinutes(5))).WaitAsync(Patience);

        made.Result.HttpStatus.ShouldBe(200);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(410)]
    [InlineData(429)]
    public async Task Keeps_a_status_whatever_becomes_of_the_body(int status)
    {
        await using var server = new RawServer(async c =>
        {
            await c.HearUntilAsync("");
            await c.SayAsync($"HTTP/1.1 {status} Whatever\nContent-Length: 1000\n\n{{\"thanks");
        });

        var made = await SendAsync($"http://127.0.0.1:{server.Port}/");

        made.Result.ShouldBe(new(status, null, null));
        Encoding.UTF8.GetString(made.Answer!).ShouldBe("{\"thanks");
    }

    [Fact]
    public async Task Ends_with_its_time_out_where_no_answer_comes()
    {
        await using var subscriber = await HttpReceiver.StartAsync(http => Task.Delay(Timeout.Infinite, http.RequestAborted));

        var made = await SendAsync(subscriber.Url, RealExchange.ToThisMachine(TimeSpan.FromMilliseconds(500))).WaitAsync(Patience);

        made.Result.ShouldBe(new(null, "timeout", null));
        made.Host.ShouldBe(HostResult.Failed);
    }

    [Fact]
    public async Task Says_why_it_failed()
    {
        await using var subscriber = await HttpReceiver.StartAsync(http =>
        {
            http.Abort();
            return Task.CompletedTask;
        });

        (await SendAsync(subscriber.Url)).Result.Error.ShouldBe("answer_lost");
        (await SendAsync($"https://127.0.0.1:{subscriber.Port}/")).Result.Error.ShouldBe("tls_failed");
        (await SendAsync("http://127.0.0.1:1/")).Result.Error.ShouldBe("not_connected");
        (await SendAsync("http://nowhere.example/")).Result.Error.ShouldBe("name_not_resolved");
    }

    private static async Task<MadeRequest> SendAsync(string url, CallbackOptions? options = null)
    {
        using var exchange = new RealExchange(options);
        return (await exchange.SendAsync(url)).ShouldNotBeNull();
    }
}
