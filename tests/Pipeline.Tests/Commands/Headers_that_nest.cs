using OtpPipeline.Pipeline.Tests.Harness;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Commands;

[Collection(nameof(SharedPipeline))]
public sealed class Headers_that_nest(SharedPipeline shared)
{
    // The client writes and reads them by recursion.
    private const int Stack = 256 * 1024 * 1024;

    /// <summary>As deep as a frame of the broker's default size can be.</summary>
    [Theory]
    [InlineData(26_000)]
    public async Task End_no_worker(int depth)
    {
        var pipeline = await shared.GetAsync();
        var workers = pipeline.Workers.Where(w => w.IsRunning).ToList();
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        await using var connection = await new ConnectionFactory { Uri = pipeline.Broker }.CreateConnectionAsync(
            TestContext.Current.CancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        var properties = new BasicProperties
        {
            MessageId = Guid.NewGuid().ToString(),
            CorrelationId = "nested",
            ReplyTo = client.ReplyQueue,
            Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["a"] = Nested(depth) },
        };

        await OnAsync(Stack, () => channel.BasicPublishAsync("request-otp", "", mandatory: true, properties, "{}"u8.ToArray()).AsTask());

        (await client.AnswerAsync("nested")).Code.ShouldBe(2117);
        workers.ShouldNotBeEmpty();
        workers.ShouldAllBe(w => w.IsRunning);
    }

    private static List<object?> Nested(int depth)
    {
        List<object?> list = [];
        for (var i = 1; i < depth; i++)
        {
            list = [list];
        }

        return list;
    }

    private static Task OnAsync(int stack, Func<Task> act)
    {
        var done = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => done.SetResult(act()), stack).Start();
        return done.Task.Unwrap();
    }
}
