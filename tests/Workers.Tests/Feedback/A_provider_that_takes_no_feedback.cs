using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Feedback;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Feedback;

/// <summary>One provider over real HTTP, and the time by hand.</summary>
public sealed class A_provider_that_takes_no_feedback : IAsyncLifetime
{
    private static readonly MessageFeedback Told = new(
        Guid.CreateVersion7(), Channel.Sms, ProviderHost.Name, "id-1", Verified: true, new(2026, 11, 20, 10, 0, 0, DateTimeKind.Utc));

    private readonly FakeTimeProvider _time = new();
    private HttpReceiver _server = null!;
    private ProviderHost _host = null!;
    private FeedbackSender _sender = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await HttpReceiver.StartAsync();
        _host = Host();
        _sender = Sender(_host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Takes_it_where_its_answer_is_a_success_of_its_own_kind()
    {
        _server.Says(204);

        (await _sender.SendAsync(Told)).ShouldBeOfType<SendOutcome.Accepted>();

        (_server.Single.Target, _server.Single.Body).ShouldBe(("/told/id-1", """{"outcome":"yes","at":"2026-11-20 10:00:00"}"""));
    }

    [Theory]
    [InlineData(404, typeof(SendOutcome.Refused), "not_found")]
    [InlineData(400, typeof(SendOutcome.Refused), "refused")]
    [InlineData(401, typeof(SendOutcome.ProviderFailed), "authentication_failed")]
    [InlineData(503, typeof(SendOutcome.ProviderFailed), "unavailable")]
    public async Task Says_by_its_answer_whether_it_is_tried_again(int status, Type outcome, string reason)
    {
        _server.Says(status);

        var answered = await _sender.SendAsync(Told);

        (answered.GetType(), answered.Cause).ShouldBe((outcome, reason));
    }

    [Fact]
    public async Task Is_left_alone_for_as_long_as_it_asked()
    {
        _server.Says(429, "", ("Retry-After", "30"));
        (await _sender.SendAsync(Told)).ShouldBe(new SendOutcome.Throttled("throttled", TimeSpan.FromSeconds(30)));
        _server.Says(200);

        (await _sender.SendAsync(Told)).ShouldBe(new SendOutcome.Throttled("left_alone", TimeSpan.FromSeconds(30)));
        _server.All.Count.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(30));

        (await _sender.SendAsync(Told)).ShouldBeOfType<SendOutcome.Accepted>();
    }

    [Fact]
    public async Task Is_left_alone_after_five_failures_in_a_row_and_tried_out_by_one()
    {
        _server.Says(500);
        for (var i = 0; i < 5; i++)
        {
            (await _sender.SendAsync(Told)).Cause.ShouldBe("unavailable");
        }

        (await _sender.SendAsync(Told)).Cause.ShouldBe("left_alone");
        _server.All.Count.ShouldBe(5);
        _time.Advance(TimeSpan.FromSeconds(5));
        _server.Says(200);

        (await _sender.SendAsync(Told)).ShouldBeOfType<SendOutcome.Accepted>();
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(120, 30)]
    public async Task May_hang_no_longer_than_the_time_out_of_its_channel_and_half_a_minute(int timeout, int seconds)
    {
        var sender = Sender(_host, TimeSpan.FromSeconds(timeout));
        using var stop = new CancellationTokenSource();
        _server.Answer = context => Task.Delay(Timeout.InfiniteTimeSpan, stop.Token).ContinueWith(_ => context.Abort());
        var sending = sender.SendAsync(Told);
        await Eventually.Until(() => Task.FromResult(_server.All.Count == 1), "the request is there");

        _time.Advance(TimeSpan.FromSeconds(seconds));

        (await sending.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe(new SendOutcome.Unknown("timeout"));
        await stop.CancelAsync();
    }

    [Fact]
    public async Task May_be_away()
    {
        await _server.DisposeAsync();

        (await _sender.SendAsync(Told)).ShouldBe(new SendOutcome.ProviderFailed("unavailable"));
    }

    [Fact]
    public async Task May_hang_in_its_handshake_no_longer_than_its_ConnectTimeout_and_is_left_alone_after_five()
    {
        await using var hanging = new RawServer(c => c.NothingAsync());
        await using var host = Host(
            ("Feedback:Url", $"https://127.0.0.1:{hanging.Port}/told/{{{{messageId}}}}"), ("ConnectTimeout", "00:00:00.3"));
        var sender = Sender(host);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => sender.SendAsync(Told)));

        outcomes.ShouldAllBe(o => o == new SendOutcome.ProviderFailed("unavailable"));
        (await sender.SendAsync(Told)).Cause.ShouldBe("left_alone");
    }

    [Theory]
    [InlineData(1, null, 5)]
    [InlineData(2, null, 30)]
    [InlineData(5, null, 3600)]
    [InlineData(6, null, null)]
    [InlineData(1, 60, 60)]
    [InlineData(2, 1, 30)]
    [InlineData(1, 1_000_000, 86_400)]
    [InlineData(int.MinValue, null, 5)]
    [InlineData(int.MaxValue, 60, null)]
    public void Is_tried_again_after_growing_pauses_or_what_it_asked_for_and_not_for_ever(int attempt, int? asked, int? pause) =>
        new FeedbackOptions().PauseAfter(attempt, asked is { } s ? TimeSpan.FromSeconds(s) : null)
            .ShouldBe(pause is { } p ? TimeSpan.FromSeconds(p) : null);

    private ProviderHost Host(params (string Key, string? Value)[] more) => new(
        new Dictionary<string, string?>
        {
            ["Type"] = "http",
            ["Url"] = _server.Url,
            ["Success:JsonPath"] = "$.id",
            ["Feedback:Url"] = $"{_server.Url}/told/{{{{messageId}}}}",
            ["Feedback:Body:Format"] = "json",
            ["Feedback:Body:Template"] = """{"outcome":"{{outcome}}","at":"{{endedAt}}"}""",
            ["Feedback:Verified"] = "yes",
            ["Feedback:Refusals:0:Status"] = "404",
            ["Feedback:Refusals:0:As"] = "recipient",
            ["Feedback:Refusals:0:Reason"] = "not_found",
        }.With(more));

    private FeedbackSender Sender(ProviderHost host, TimeSpan? timeout = null)
    {
        var deliveries = new DeliveryOptions();
        if (timeout is { } longer)
        {
            deliveries.Channels["sms"] = new() { Timeout = longer };
        }

        return new(host.Providers, Options.Create(deliveries), _time, NullLogger<FeedbackSender>.Instance);
    }
}
