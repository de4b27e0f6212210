using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>An answer by message.</summary>
internal sealed record AmqpAnswer(string Type, string Text, string? Correlation)
{
    public JsonElement Body => JsonDocument.Parse(Text).RootElement;

    /// <summary>The code of an error; 0 for any other answer.</summary>
    public int Code => Type == "OtpRejected" ? Body.GetProperty("code").GetInt32() : 0;

    public Guid OtpId => Body.GetProperty("otpId").GetGuid();
}

/// <summary>A client of the bus that knows AMQP and JSON, with a reply queue of its own.</summary>
internal sealed class AmqpClient : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<AmqpAnswer>> _answers = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Guid _applicationId;

    private AmqpClient(IConnection connection, IChannel channel, Guid applicationId)
    {
        _connection = connection;
        _channel = channel;
        _applicationId = applicationId;
    }

    public string ReplyQueue { get; private set; } = "";

    public static async Task<AmqpClient> ConnectAsync(RunningPipeline pipeline, Uri? broker = null, string replyQueue = "")
    {
        var link = await new ConnectionFactory { Uri = broker ?? pipeline.Broker }.CreateConnectionAsync();
        var own = await link.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var client = new AmqpClient(link, own, pipeline.ApplicationId);
        await client.ListenAsync(replyQueue);
        return client;
    }

    public Dictionary<string, object?> Command(params (string Name, object? Value)[] fields)
    {
        var command = new Dictionary<string, object?>(StringComparer.Ordinal) { ["applicationId"] = _applicationId };
        foreach (var (name, value) in fields)
        {
            command[name] = value;
        }

        return command;
    }

    /// <summary>Sends a command as JSON under a message id, and answers with the answer.</summary>
    public async Task<AmqpAnswer> CallAsync(string queue, object body, string? messageId = null, Action<BasicProperties>? adjust = null)
    {
        var properties = new BasicProperties { MessageId = messageId ?? Guid.NewGuid().ToString(), CorrelationId = Guid.NewGuid().ToString(), ReplyTo = ReplyQueue };
        adjust?.Invoke(properties);
        await SendAsync(queue, body as string ?? JsonSerializer.Serialize(body), properties);
        return await AnswerAsync(properties.CorrelationId ?? "");
    }

    public Task<AmqpAnswer> AnswerAsync(string correlation, TimeSpan? within = null) => Eventually.Get(
        () => Task.FromResult(_answers.TryGetValue(correlation, out var queue) && queue.TryDequeue(out var answer) ? answer : null),
        $"the answer to {correlation} is there",
        within);

    /// <summary>Answers that came and that nobody took.</summary>
    public int Waiting(string correlation) => _answers.TryGetValue(correlation, out var queue) ? queue.Count : 0;

    public Task SendAsync(string queue, string body, BasicProperties? properties = null) =>
        SendAsync(queue, Encoding.UTF8.GetBytes(body), properties);

    /// <summary>Publishes to the exchange of the queue's name, as the documentation says.</summary>
    public async Task SendAsync(string queue, byte[] body, BasicProperties? properties = null, string? exchange = null)
    {
        await _turn.WaitAsync();
        try
        {
            await _channel.BasicPublishAsync(exchange ?? queue, "", mandatory: true, properties ?? new(), body);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Messages ready in a queue; -1 where there is no such queue.</summary>
    public async Task<long> CountAsync(string queue)
    {
        await using var look = await _connection.CreateChannelAsync();
        try
        {
            return await look.MessageCountAsync(queue);
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return -1;
        }
    }

    public async Task<BasicGetResult?> TakeAsync(string queue)
    {
        if (await CountAsync(queue) < 1)
        {
            return null;
        }

        await using var look = await _connection.CreateChannelAsync();
        return await look.BasicGetAsync(queue, autoAck: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
        _turn.Dispose();
    }

    private async Task ListenAsync(string replyQueue)
    {
        ReplyQueue = (await _channel.QueueDeclareAsync(replyQueue)).QueueName;
        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            var properties = delivery.BasicProperties;
            var answer = new AmqpAnswer(properties.Type ?? "", Encoding.UTF8.GetString(delivery.Body.Span), properties.CorrelationId);
            _answers.GetOrAdd(answer.Correlation ?? "", _ => []).Enqueue(answer);
            return Task.CompletedTask;
        };
        await _channel.BasicConsumeAsync(ReplyQueue, autoAck: true, consumer);
    }
}
