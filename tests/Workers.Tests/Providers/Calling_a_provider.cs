using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Providers;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Tests.Providers;

public sealed class Calling_a_provider
{
    [Fact]
    public async Task What_it_answers_is_the_outcome() =>
        (await CallAsync(_ => Task.FromResult<SendOutcome>(new SendOutcome.Refused("blocked"))))
            .ShouldBe(new SendOutcome.Refused("blocked"));

    [Fact]
    public async Task No_answer_within_the_time_of_the_channel_is_unknown() =>
        (await CallAsync(async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return new SendOutcome.Accepted(null);
        })).ShouldBe(new SendOutcome.Unknown("timeout"));

    [Fact]
    public async Task One_that_is_deaf_to_its_token_is_left_alone() =>
        (await CallAsync(_ => new TaskCompletionSource<SendOutcome>().Task)).ShouldBe(new SendOutcome.Unknown("timeout"));

    [Fact]
    public async Task A_refused_connection_is_the_providers_since_nothing_went_out()
    {
        using var http = new HttpClient();

        var outcome = await CallAsync(async token =>
        {
            await http.GetAsync("http://127.0.0.1:1/", token);
            return new SendOutcome.Accepted(null);
        }, TimeSpan.FromSeconds(10));

        outcome.ShouldBe(new SendOutcome.ProviderFailed("unavailable"));
    }

    [Fact]
    public async Task A_connection_that_dies_later_is_unknown() =>
        (await CallAsync(_ => throw new HttpRequestException(HttpRequestError.ResponseEnded)))
            .ShouldBe(new SendOutcome.Unknown("connection_lost"));

    [Fact]
    public async Task Any_other_failure_is_unknown_too() =>
        (await CallAsync(_ => throw new SocketException())).ShouldBe(new SendOutcome.Unknown("connection_lost"));

    [Fact]
    public async Task A_provider_that_this_host_lacks_may_be_found_by_another() =>
        (await CallAsync(_ => throw new InvalidOperationException(), name: "other"))
            .ShouldBe(new SendOutcome.NotSent("provider_missing"));

    private static async Task<SendOutcome> CallAsync(
        Func<CancellationToken, Task<SendOutcome>> send, TimeSpan? timeout = null, string name = "scripted")
    {
        await using var services = new ServiceCollection().AddMetrics().AddSingleton<DeliveryMetrics>().BuildServiceProvider();
        var options = new DeliveryOptions { Channels = { ["sms"] = new() { Timeout = timeout ?? TimeSpan.FromMilliseconds(200) } } };
        var calls = new ProviderCalls(
            [new Scripted(send)]
            , Options.Create(options), TimeProvider.System, services.GetRequiredService<DeliveryMetrics>(),
            NullLogger<ProviderCalls>.Instance);
        return await calls.SendAsync(Outgoing(name));
    }

    private static OutgoingDelivery Outgoing(string provider)
    {
        var delivery = new Delivery { Id = Guid.CreateVersion7(), OtpId = Guid.CreateVersion7(), Channel = Channel.Sms, Route = "default", Provider = provider, Step = 1, Attempt = 1 };
        return new(
            delivery, Guid.CreateVersion7(), [], "US", new OtpDetails("+15005550001", "Tests", "{{pin}}", null, null, null),
            new Pin("1234"), "1234", DateTime.MaxValue);
    }

    private sealed class Scripted(Func<CancellationToken, Task<SendOutcome>> send) : IOtpProvider
    {
        public string Name => "scripted";

        public Task<SendOutcome> SendAsync(OutgoingDelivery delivery, CancellationToken cancellationToken) => send(cancellationToken);
    }
}
