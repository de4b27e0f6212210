using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OtpPipeline.Contracts;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Hosting.Bus.Connection;
using OtpPipeline.Workers.Tests.Support;
using RabbitMQ.Client.Exceptions;
using ExchangeType = RabbitMQ.Client.ExchangeType;

namespace OtpPipeline.Workers.Tests.Hosting.Bus;

public sealed class The_topology_of_the_bus : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private Broker _broker = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await Broker.ConnectAsync();
        await _broker.ForgetTopologyAsync();
        _database = await MigratedDatabase.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Each_channel_and_each_command_has_a_quorum_queue_with_a_delivery_limit_and_its_own_dead_letters()
    {
        await using var host = await StartedAsync();

        foreach (var queue in OtpBusTopology.WorkQueues)
        {
            Dictionary<string, object?> expected = new(StringComparer.Ordinal)
            {
                ["x-queue-type"] = "quorum",
                ["x-delivery-limit"] = 20,
                ["x-dead-letter-exchange"] = $"{queue}-dead",
            };
            (await _broker.RefusalOfDeclaringAsync(queue, expected)).ShouldBeNull();
            (await _broker.RefusalOfDeclaringAsync(queue, new(expected, StringComparer.Ordinal) { ["x-delivery-limit"] = 19 }))!
                .ShouldContain("x-delivery-limit");
            (await _broker.RefusalOfDeclaringAsync($"{queue}-dead", new(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" }))
                .ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_work_command_goes_to_the_queue_of_its_channel_alone_and_waits_there_for_the_first_worker()
    {
        await using (var api = await StartedAsync())
        {
            await api.PublishWorkAsync("email");
            await api.PublishWorkAsync("email");
            await api.PublishWorkAsync("ussd");
        }

        (await _broker.CountAsync("otp-email")).ShouldBe(2u);
        (await _broker.CountAsync("otp-ussd")).ShouldBe(1u);
        (await _broker.CountAsync("otp-sms")).ShouldBe(0u);

        await using var workers = new WorkerHost(_database);
        await workers.StartAsync();
        await Eventually.Until(
            async () => await _broker.CountAsync("otp-email") == 0 && await _broker.CountAsync("otp-ussd") == 0,
            "a worker has taken what waited");
        (await _broker.CountAsync("otp-email-dead")).ShouldBe(0u);
    }

    [Fact]
    public async Task A_message_that_is_handed_out_too_often_ends_in_the_dead_letters()
    {
        await using var host = await StartedAsync();

        // A queue that was declared a moment ago may still be electing its leader, and the broker moves dead letters without waiting for a
        // confirm.
        await _broker.PublishAsync("", "otp-call-dead", "ready?");
        await Eventually.Until(async () => await _broker.TakeAsync("otp-call-dead") is not null, "the queue of dead letters works");
        await host.PublishWorkAsync("call");

        var handedOut = await _broker.HandBackAsync(
            "otp-call", async () => await _broker.CountAsync("otp-call-dead") == 1, "the message is a dead letter");

        handedOut.ShouldBe(OtpBusTopology.DeliveryLimit + 1);
        (await _broker.CountAsync("otp-call")).ShouldBe(0u);
    }

    [Fact]
    public async Task A_work_command_that_no_queue_takes_is_a_fault()
    {
        await using var host = await StartedAsync();

        var failure = await Should.ThrowAsync<Exception>(() => host.PublishWorkAsync("pigeon"));

        failure.GetBaseException().ShouldBeOfType<PublishReturnException>();
    }

    [Fact]
    public async Task An_event_is_plain_json_on_a_topic_exchange_under_the_application_without_the_host_in_its_headers()
    {
        await using var host = await StartedAsync();
        var application = Guid.CreateVersion7();
        const string Queue = "workers-tests-subscriber";
        await _broker.DeleteQueueAsync(Queue);
        await _broker.SubscribeAsync(Queue, OtpBusTopology.OtpStatusChangedExchange, ExchangeType.Topic, application.ToString());

        await host.PublishAsync(EventOf(Guid.CreateVersion7()), Guid.CreateVersion7().ToString());
        await host.PublishAsync(EventOf(application), application.ToString());

        var message = (await _broker.TakeAsync(Queue)).ShouldNotBeNull();
        (await _broker.CountAsync(Queue)).ShouldBe(0u);
        await _broker.DeleteQueueAsync(Queue);
        var body = System.Text.Json.JsonDocument.Parse(message.Body).RootElement;
        body.GetProperty("applicationId").GetGuid().ShouldBe(application);
        body.GetProperty("status").GetString().ShouldBe("EXPIRED");
        message.BasicProperties.ContentType.ShouldBe("application/json");
        message.BasicProperties.Texts().Keys.ShouldNotContain(h => h.StartsWith("MT-Host", StringComparison.Ordinal));
        string.Join('\n', message.BasicProperties.Texts().Values).ShouldNotContain(Environment.MachineName);
    }

    [Fact]
    public async Task A_broker_that_is_away_neither_stops_the_start_nor_the_health()
    {
        await using var host = await BusHost.StartAsync(
            _database, settings: new(StringComparer.Ordinal) { ["RabbitMq:Uri"] = "amqp://guest:guest@127.0.0.1:1/" });

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        report.Status.ShouldBe(HealthStatus.Degraded);
    }

    [Fact]
    public async Task A_queue_of_other_arguments_is_named_in_health()
    {
        (await _broker.RefusalOfDeclaringAsync("otp-ussd", new(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" })).ShouldBeNull();

        await using var host = await BusHost.StartAsync(_database);

        var problems = host.Services.GetRequiredService<BrokerProblems>();
        await Eventually.Until(() => Task.FromResult(problems.Current.Count > 0), "the queue is looked at");
        problems.Current.ShouldHaveSingleItem()
            .ShouldStartWith("The queue otp-ussd, or what leads to it, could not be declared: PRECONDITION_FAILED");
        await _broker.DeleteQueueAsync("otp-ussd");
    }

    [Fact]
    public async Task A_broker_that_refuses_the_user_is_named_in_health()
    {
        var wrong = new UriBuilder(await CollectionBroker.AddressAsync()) { Password = "wrong" }.Uri.ToString();

        await using var host = await BusHost.StartAsync(_database, settings: new(StringComparer.Ordinal) { ["RabbitMq:Uri"] = wrong });

        var problems = host.Services.GetRequiredService<BrokerProblems>();
        await Eventually.Until(() => Task.FromResult(problems.Current.Count > 0), "the error is told");
        problems.Current.ShouldHaveSingleItem()
            .ShouldBe("The broker cannot be used (AuthenticationFailureException); messages wait in the outbox.");
    }

    private static OtpStatusChanged EventOf(Guid application) =>
        new(Guid.CreateVersion7(), application, null, "EXPIRED", "not_verified", 2, DateTime.UnixEpoch, null);

    private async Task<BusHost> StartedAsync()
    {
        var host = await BusHost.StartAsync(_database);
        await host.UntilConnectedAsync();
        return host;
    }
}
