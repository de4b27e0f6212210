using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Workers.Callbacks;

namespace OtpPipeline.Workers.Tests.Callbacks;

public sealed class One_request_to_a_subscriber
{
    private static readonly byte[] Secret = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();

    [Fact]
    public async Task Has_the_body_as_stored_and_the_headers_of_the_scheme_and_no_others()
    {
        await using var subscriber = await Subscriber.StartAsync();
        var callback = Callback(subscriber.Url + "hook?x=1");

        var made = await SendAsync(callback, secrets: [Secret]);

        made.Result.ShouldBe(new(200, null, null));
        var request = subscriber.All.ShouldHaveSingleItem();
        request.Body.ShouldBe("{\"event\":\"ü\"}");
        request.Headers.Keys.Order(StringComparer.OrdinalIgnoreCase).ShouldBe(
            ["Content-Length", "Content-Type", "Host", "User-Agent", "webhook-id", "webhook-signature", "webhook-timestamp"]);
        request.Headers["Content-Type"].ShouldBe("application/json");
        request.Headers["User-Agent"].ShouldBe("OtpPipeline");
        request.Headers["webhook-id"].ShouldBe(callback.Id.ToString());
        var timestamp = long.Parse(request.Headers["webhook-timestamp"], System.Globalization.CultureInfo.InvariantCulture);
        timestamp.ShouldBeInRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        request.Headers["webhook-signature"].ShouldBe(CallbackSignature.Sign([Secret], callback.Id.ToString(), timestamp, Encoding.UTF8.GetBytes(request.Body)));
    }

    [Fact]
    public async Task Is_not_signed_where_the_application_has_no_secret()
    {
        await using var subscriber = await Subscriber.StartAsync();

        await SendAsync(Callback(subscriber.Url));

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
        await using var inner = await Subscriber.StartAsync();
        await using var subscriber = await Subscriber.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = inner.Url;
            http.Response.Headers.SetCookie = "a=b";
            return Task.CompletedTask;
        });

        (await SendAsync(Callback(subscriber.Url))).Result.HttpStatus.ShouldBe(status);
        await SendAsync(Callback(subscriber.Url));

        inner.All.ShouldBeEmpty();
        subscriber.All.ShouldAllBe(r => !r.Headers.ContainsKey("Cookie"));
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("nonsense", null)]
    public async Task Notes_how_long_the_subscriber_wants_to_be_left_alone(string header, int? seconds)
    {
        await using var subscriber = await Subscriber.StartAsync(http =>
        {
            http.Response.StatusCode = 429;
            http.Response.Headers.RetryAfter = header;
            return http.Response.WriteAsync("slow down");
        });

        var made = await SendAsync(Callback(subscriber.Url));

        made.Result.ShouldBe(new(429, null, seconds is { } s ? TimeSpan.FromSeconds(s) : null));
        made.Lane.ShouldBe(LaneResult.Failed);
        Encoding.UTF8.GetString(made.Answer!).ShouldBe("slow down");
    }

    [Fact]
    public async Task Reads_no_more_than_512_bytes_of_an_endless_answer()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var subscriber = await Subscriber.StartAsync(async http =>
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

        var made = await SendAsync(Callback(subscriber.Url));

        made.Answer!.Length.ShouldBe(512);
        made.Result.IsSuccess.ShouldBeTrue();

        // The subscriber's writing ends only with its connection.
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Waits_no_longer_than_a_second_for_the_rest_of_a_dripping_answer()
    {
        await using var subscriber = await Subscriber.StartAsync(async http =>
        {
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.WriteAsync("x", http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await Task.Delay(100, http.RequestAborted);
            }
        });
        var watch = Stopwatch.StartNew();

        var made = await SendAsync(Callback(subscriber.Url));

        made.Result.HttpStatus.ShouldBe(200);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Ends_with_its_time_out_where_no_answer_comes()
    {
        await using var subscriber = await Subscriber.StartAsync(http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        var watch = Stopwatch.StartNew();

        var made = await SendAsync(Callback(subscriber.Url), options: new() { Timeout = TimeSpan.FromMilliseconds(500), AllowedNetworks = ["127.0.0.0/8"] });

        made.Result.ShouldBe(new(null, "timeout", null));
        made.Lane.ShouldBe(LaneResult.Failed);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Says_why_it_failed()
    {
        await using var subscriber = await Subscriber.StartAsync(http =>
        {
            http.Abort();
            return Task.CompletedTask;
        });

        (await SendAsync(Callback(subscriber.Url))).Result.Error.ShouldBe("answer_lost");
        (await SendAsync(Callback($"https://127.0.0.1:{subscriber.Port}/"))).Result.Error.ShouldBe("tls_failed");
        (await SendAsync(Callback("http://127.0.0.1:1/"))).Result.Error.ShouldBe("not_connected");
        (await SendAsync(Callback("http://nowhere.example/"))).Result.Error.ShouldBe("name_not_resolved");
    }

    private static OutgoingCallback Callback(string url) =>
        new(Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), 0, new(url, "{\"event\":\"ü\"}"u8.ToArray()), 0);

    private static async Task<MadeRequest> SendAsync(OutgoingCallback callback, byte[][]? secrets = null, CallbackOptions? options = null)
    {
        var settings = Options.Create(options ?? new() { AllowedNetworks = ["127.0.0.0/8"] });
        using var handler = new CallbackConnections((_, _) => Task.FromResult(Array.Empty<IPAddress>()), settings).CreateHandler();
        using var http = new HttpMessageInvoker(handler);
        return await new CallbackExchange(http, settings, TimeProvider.System).SendAsync(callback, secrets ?? [], CancellationToken.None);
    }
}
