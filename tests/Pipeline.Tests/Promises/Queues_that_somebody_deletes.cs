using OtpPipeline.Hosting.Bus;
using OtpPipeline.Pipeline.Tests.Harness;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>One that looks often, for tests that leave its queues as they found them.</summary>
public sealed class DisturbedPipeline : LazyPipeline
{
    private protected override Setup Setup => new()
    {
        Settings = new Dictionary<string, string>(CallbackPipeline.ToThisMachine, StringComparer.Ordinal)
        {
            ["RabbitMq:CheckInterval"] = "00:00:02",
            ["Deliveries:LostAfter"] = "00:00:03",
        },
    };
}

/// <summary>Every queue and exchange of the pipeline is deleted, purged or unbound, with the hosts running and stopped.</summary>
public sealed class Queues_that_somebody_deletes(DisturbedPipeline shared) : IClassFixture<DisturbedPipeline>, IAsyncLifetime
{
    private static readonly string[] Topics = [OtpBusTopology.OtpStatusChangedExchange, OtpBusTopology.OtpDeliveryChangedExchange];
    private static readonly string[] AllQueues = [
        .. OtpBusTopology.WorkQueues, .. OtpBusTopology.WorkQueues.Select(OtpBusTopology.DeadLettersOf)
    ];

    private RunningPipeline _pipeline = null!;
    private Subscriber _subscriber = null!;
    private IConnection _connection = null!;
    private IChannel _channel = null!;
    private List<string> _bindings = null!;
    private int _paths;

    public async ValueTask InitializeAsync()
    {
        _pipeline = await shared.GetAsync();
        _subscriber = await Subscriber.StartAsync();
        _connection = await new ConnectionFactory { Uri = _pipeline.Broker }.CreateConnectionAsync();
        _channel = await _connection.CreateChannelAsync();
        await LifeAsync();
        _bindings = await BindingsAsync();
        _bindings.Count(b => b.EndsWith("-dead", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(OtpBusTopology.WorkQueues.Count);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _subscriber.DisposeAsync();
    }

    [Fact]
    public async Task Are_found_again_while_the_hosts_run()
    {
        await UnbindAllAsync();
        await UntilBoundAsync("unbound");
        await LifeAsync();

        await DeleteAsync(queues: true, exchanges: false);
        await UntilBoundAsync("queues deleted");
        await LifeAsync();

        await DeleteAsync(queues: true, exchanges: true);
        await UntilBoundAsync("all deleted");
        await LifeAsync();
    }

    [Fact]
    public async Task Are_found_again_while_only_the_api_runs_and_nothing_that_waited_is_lost()
    {
        await _pipeline.Workers[0].StopAsync();
        var (sent, path) = await WaitingAsync();
        foreach (var queue in AllQueues)
        {
            await _channel.QueuePurgeAsync(queue);
        }

        var (unbound, unboundPath) = await AfterAsync(UnbindAllAsync);
        await UntilBoundAsync("unbound");
        await DeleteAsync(queues: true, exchanges: true);
        await UntilBoundAsync("all deleted");
        await UntilHealthAsync(_pipeline.Apis[0], "was missing");

        await _pipeline.Workers[0].StartAsync();
        foreach (var otpId in new[] { sent, unbound })
        {
            await _pipeline.UntilDeliveryAsync(otpId, "SENT");
        }

        await _subscriber.UntilAsync(path, 1);
        await _subscriber.UntilAsync(unboundPath, 1);
        await LifeAsync();
    }

    [Fact]
    public async Task Are_found_again_by_hosts_that_were_stopped_meanwhile()
    {
        await _pipeline.Workers[0].StopAsync();
        var (sent, path) = await WaitingAsync();
        await _pipeline.Apis[0].StopAsync();
        await UnbindAllAsync();
        await _pipeline.Apis[0].StartAsync();
        await UntilBoundAsync("unbound");
        await _pipeline.Apis[0].StopAsync();
        await DeleteAsync(queues: true, exchanges: true);

        await _pipeline.Workers[0].StartAsync();
        await _pipeline.Apis[0].StartAsync();
        await UntilBoundAsync("all deleted");

        await _pipeline.UntilDeliveryAsync(sent, "SENT");
        await _subscriber.UntilAsync(path, 1);
        await LifeAsync();
    }

    [Fact]
    public async Task Show_in_health_and_in_the_log()
    {
        var worker = _pipeline.Workers[0];
        await Eventually.Until(
            async () =>
            {
                await _channel.QueueUnbindAsync(OtpBusTopology.CallbackQueue, OtpBusTopology.OtpStatusChangedExchange, "otp-callbacks");
                await CancelledAsync();
                await _channel.QueueUnbindAsync("otp-sms", OtpBusTopology.OtpRequestedExchange, "sms");
                await CancelledAsync();
                return await HealthAsync(worker) is var health
                    && health.Contains("Callbacks were sent without a message", StringComparison.Ordinal);
            },
            "the worker's health names the queue of callbacks");
        await UntilHealthAsync(_pipeline.Apis[0], "A message found no queue behind the exchange otp-requested");

        (await HealthAsync(_pipeline.Apis[0])).ShouldContain("\"broker\":\"Degraded\"");
        (await File.ReadAllTextAsync(worker.LogFile)).ShouldContain("Callbacks were sent without a message");
        (await File.ReadAllTextAsync(_pipeline.Apis[0].LogFile))
            .ShouldContain("A message found no queue behind the exchange otp-requested");
    }

    /// <summary>An OTP is delivered, ends, and is called back; a command from the bus is answered.</summary>
    private async Task LifeAsync()
    {
        var path = $"/{Interlocked.Increment(ref _paths)}";
        var otpId = await _pipeline.RequestAsync(new { phoneNumber = Recipients.Next(), otpCallbackUrl = _subscriber.Url(path) });
        await _pipeline.UntilDeliveryAsync(otpId, "SENT");
        await using var client = await AmqpClient.ConnectAsync(_pipeline);
        (await client.CallAsync("cancel-otp", client.Command(("otpId", otpId)))).Type.ShouldBe("OtpCancelled");
        (await _subscriber.UntilAsync(path, 1)).ShouldHaveSingleItem().OtpId.ShouldBe(otpId);
    }

    /// <summary>One OTP whose work command waits, and the path of another whose callback waits.</summary>
    private async Task<(Guid Queued, string Path)> WaitingAsync()
    {
        var queued = await _pipeline.RequestAsync(new { phoneNumber = Recipients.Next() });
        var path = await CancelledAsync();
        await Eventually.Until(async () => await _pipeline.Database.CountAsync("outbox_messages") == 0, "all messages are at the broker");
        return (queued, path);
    }

    private async Task<(Guid Queued, string Path)> AfterAsync(Func<Task> damage)
    {
        await damage();
        var queued = await _pipeline.RequestAsync(new { phoneNumber = Recipients.Next() });
        return (queued, await CancelledAsync());
    }

    private async Task<string> CancelledAsync()
    {
        var path = $"/{Interlocked.Increment(ref _paths)}";
        var otpId = await _pipeline.RequestAsync(new { phoneNumber = Recipients.Next(), otpCallbackUrl = _subscriber.Url(path) });
        (await _pipeline.Client.CancelAsync(otpId)).Status.ShouldBe(200);
        return path;
    }

    private async Task UnbindAllAsync()
    {
        foreach (var binding in _bindings)
        {
            var parts = binding.Split('\t');
            await _channel.QueueUnbindAsync(parts[2], parts[0], parts[1]);
        }
    }

    private async Task DeleteAsync(bool queues, bool exchanges)
    {
        foreach (var queue in queues ? AllQueues : [])
        {
            await _channel.QueueDeleteAsync(queue);
        }

        foreach (var exchange in exchanges ? _bindings.Select(b => b.Split('\t')[0]).Distinct().ToList() : [])
        {
            await _channel.ExchangeDeleteAsync(exchange);
        }

        // A subscriber of the events binds its own queue.
        foreach (var topic in exchanges ? Topics : [])
        {
            await _channel.ExchangeDeclareAsync(topic, ExchangeType.Topic, durable: true);
            await _channel.QueueBindAsync("subscriber", topic, "#");
        }
    }

    private Task UntilBoundAsync(string after) => Eventually.Until(
        async () => _bindings.Except(await BindingsAsync()).ToList() is { Count: 0 }, $"every queue is bound as before, {after}");

    /// <summary>Exchange, key and queue of each binding of a queue of the pipeline's own.</summary>
    private async Task<List<string>> BindingsAsync()
    {
        var lines = await Servers.ControlAsync(
            "list_bindings", "-q", "--no-table-headers", "-p", VirtualHosts.NameOf(_pipeline.Broker), "source_name", "routing_key",
            "destination_name", "destination_kind");
        return
        [
            .. lines.Split('\n').Select(l => l.TrimEnd('\r').Split('\t'))
                .Where(p => p.Length == 4 && p[0].Length > 0 && p[3] == "queue" && AllQueues.Contains(p[2]))
                .Select(p => string.Join('\t', p[..3])),
        ];
    }

    /// <summary>A look at the broker is shared for a second.</summary>
    private static Task UntilHealthAsync(HostProcess host, string sentence) => Eventually.Until(
        async () => (await HealthAsync(host)).Contains(sentence, StringComparison.Ordinal), $"health says: {sentence}");

    private static async Task<string> HealthAsync(HostProcess host)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(host.Address, "health/ready"));
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStringAsync();
    }
}
