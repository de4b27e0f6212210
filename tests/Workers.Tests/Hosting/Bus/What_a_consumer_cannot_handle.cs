using MassTransit;
using Npgsql;
using OtpPipeline.Contracts;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Bus;

public sealed class What_a_consumer_cannot_handle : IAsyncLifetime
{
    private const string Queue = "workers-tests-faults";
    private const string Secret = "4711-secret";
    private TestDatabase _database = null!;
    private Broker _broker = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await Broker.ConnectAsync();
        await ForgetAsync();
        _database = await MigratedDatabase.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ForgetAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData(17, 0, "unreadable: nested too deep")]
    [InlineData(5_000, 0, "unreadable: nested too deep")]
    [InlineData(1, 64 * 1024, "unreadable: too large")]
    public async Task A_body_over_the_limits_of_a_request_goes_there_unread(int depth, int length, string reason)
    {
        var host = await StartedAsync(new Faults());
        var nested = string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);
        await _broker.PublishAsync("", Queue, nested + new string(' ', length));

        (await FaultedAsync(host))["MT-Fault-Message"].ShouldBe(reason);
    }

    [Theory]
    [InlineData("<xml/>", "unreadable: not JSON")]
    [InlineData("", "unreadable: empty body")]
    [InlineData("[1]", "unreadable: no JSON object")]
    [InlineData("null", "unreadable: no JSON object")]
    [InlineData("{\"otpId\":\"4711-secret\"}", "unreadable: not the expected fields")]
    public async Task A_body_that_is_no_message_goes_to_the_error_queue_with_its_reason_and_without_itself(string body, string reason)
    {
        var host = await StartedAsync(new Faults());
        await _broker.PublishAsync("", Queue, body, new Dictionary<string, object?>(StringComparer.Ordinal) { ["header"] = Secret });

        var message = await FaultedAsync(host);

        message["MT-Fault-Message"].ShouldBe(reason);
        message.Keys.ShouldNotContain(k => k.StartsWith("MT-Host", StringComparison.Ordinal));
        string.Join('\n', message.Values).ShouldNotContain(Secret);
        (await _database.ScalarAsync<string>("SELECT reason FROM dead_letters")).ShouldBe(reason);
    }

    [Fact]
    public async Task A_failure_goes_there_without_what_it_said()
    {
        var host = await StartedAsync(
            new Faults { Failure = new InvalidOperationException(Secret, new FormatException(Secret)), Times = int.MaxValue });
        await _broker.PublishAsync("", Queue, "{}");

        var message = await FaultedAsync(host);

        message["MT-Fault-Message"].ShouldBe("failed: InvalidOperationException");
        string.Join('\n', message.Values).ShouldNotContain(Secret);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("55P03")]
    [InlineData("26000")]
    [InlineData("57P01")]
    public async Task A_database_that_is_away_or_refuses_for_now_sends_it_back_to_its_queue(string? state)
    {
        var faults = new Faults { Failure = state is null ? new TimeoutException() : new PostgresException("x", "ERROR", "ERROR", state), Times = 3 };
        await using var host = await StartedAsync(faults);
        await _broker.PublishAsync("", Queue, "{}");

        await faults.Handled.Task.WaitAsync(TimeSpan.FromSeconds(20));

        (await _broker.CountAsync($"{Queue}_error")).ShouldBeNull();
    }

    private async Task<Dictionary<string, string>> FaultedAsync(BusHost host)
    {
        await Eventually.Until(async () => await _broker.CountAsync($"{Queue}_error") > 0, "the message is in the error queue");
        await host.DisposeAsync();
        (await _broker.CountAsync($"{Queue}_error")).ShouldBe(1u);
        var message = (await _broker.TakeAsync($"{Queue}_error"))!;
        var texts = message.BasicProperties.Texts();
        texts["body"] = System.Text.Encoding.UTF8.GetString(message.Body.Span);
        return texts;
    }

    private async Task<BusHost> StartedAsync(Faults faults)
    {
        var host = await BusHost.StartAsync(_database, endpoints: (_, bus) => bus.ReceiveEndpoint(Queue, e =>
        {
            e.ConfigureConsumeTopology = false;
            e.AsWorkQueueOf(Core.Recipients.Channel.Sms);
            e.Handler<OtpRequested>(_ => faults.Handle());
        }));
        await host.UntilConnectedAsync();
        return host;
    }

    private async Task ForgetAsync()
    {
        await _broker.DeleteQueueAsync(Queue);
        await _broker.DeleteQueueAsync($"{Queue}_error");
    }

    private sealed class Faults
    {
        private int _calls;

        public Exception? Failure { get; init; }

        public int Times { get; init; }

        public TaskCompletionSource Handled { get; } = new();

        public Task Handle()
        {
            if (Interlocked.Increment(ref _calls) <= Times)
            {
                throw Failure!;
            }

            Handled.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
