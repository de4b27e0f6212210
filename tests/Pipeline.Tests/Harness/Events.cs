using System.Collections.Concurrent;
using System.Text.Json;
using OtpPipeline.Hosting.Bus;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>An event as a subscriber gets it, and when.</summary>
internal sealed record Event(
    string MessageId, Guid OtpId, bool IsStatus, string Status, string? Reason, long Sequence, DateTime OccurredAt, DateTime ArrivedAt,
    JsonElement Body);

/// <summary>
/// A subscriber of both event exchanges that is no part of the pipeline; its queue outlives a broker that is stopped or killed.
/// </summary>
internal sealed class Events : IAsyncDisposable
{
    public const string Queue = "subscriber";
    private readonly Uri _broker;
    private readonly ConcurrentQueue<Event> _received = [];
    private readonly CancellationTokenSource _disposed = new();
    private IConnection? _connection;

    private Events(Uri broker) => _broker = broker;

    /// <summary>All that came, duplicates too.</summary>
    public IReadOnlyCollection<Event> All => _received;

    public static async Task<Events> SubscribeAsync(Uri broker)
    {
        var events = new Events(broker);
        await events.ConnectAsync();
        return events;
    }

    public List<Event> ForOtp(Guid otpId) =>
        [.. _received.Where(e => e.OtpId == otpId).DistinctBy(e => e.Sequence).OrderBy(e => e.Sequence)];

    /// <summary>
    /// Waits until every change of these OTPs has arrived, from 2 (1 is the creation) to the sequence in the database, without a gap.
    /// </summary>
    public Task UntilGapFreeAsync(Database database, IReadOnlyCollection<Guid> otpIds, TimeSpan? within = null) => Eventually.Until(
        async () =>
        {
            var arrived = _received.Select(e => (e.OtpId, e.Sequence)).ToHashSet();
            var rows = await database.OtpsAsync([.. otpIds]);
            return rows.Count == otpIds.Count && rows.TrueForAll(o => Sequences(o).All(s => arrived.Contains((o.Id, s))));
        },
        $"the events of {otpIds.Count} OTPs are there without a gap",
        within);

    /// <summary>Takes the subscription up again after the broker was away.</summary>
    public async Task ReconnectAsync()
    {
        await CloseAsync();
        await ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await CloseAsync();
        _disposed.Dispose();
    }

    private static IEnumerable<long> Sequences(OtpRow otp) => Enumerable.Range(2, (int)otp.Sequence - 1).Select(s => (long)s);

    private async Task ConnectAsync()
    {
        _connection = await new ConnectionFactory { Uri = _broker, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        var channel = await _connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, 1000, global: false);
        await channel.QueueDeclareAsync(
            Queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" });
        foreach (var exchange in new[] { OtpBusTopology.OtpStatusChangedExchange, OtpBusTopology.OtpDeliveryChangedExchange })
        {
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true);
            await channel.QueueBindAsync(Queue, exchange, "#");
        }

        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            _received.Enqueue(Read(delivery));
            await AcknowledgeAsync(channel, delivery.DeliveryTag);
        };
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer);
    }

    /// <summary>A message that could not be acknowledged comes again, which a subscriber must bear.</summary>
    private static async Task AcknowledgeAsync(IChannel channel, ulong tag)
    {
        if (!channel.IsOpen)
        {
            return;
        }

        await ((Task)channel.BasicAckAsync(tag, multiple: false).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task CloseAsync()
    {
        try
        {
            await _connection!.DisposeAsync();
        }
        catch (Exception gone) when (gone is AlreadyClosedException or IOException or OperationInterruptedException or TimeoutException)
        {
            _connection = null;
        }
    }

    private static Event Read(BasicDeliverEventArgs delivery)
    {
        var body = JsonDocument.Parse(delivery.Body.ToArray()).RootElement;
        return new(
            delivery.BasicProperties.MessageId ?? "",
            body.GetProperty("otpId").GetGuid(),
            string.Equals(delivery.Exchange, OtpBusTopology.OtpStatusChangedExchange, StringComparison.Ordinal),
            body.GetProperty("status").GetString()!,
            body.TryGetProperty("reason", out var reason) ? reason.GetString() : null,
            body.GetProperty("sequence").GetInt64(),
            body.GetProperty("occurredAt").GetDateTime().ToUniversalTime(),
            DateTime.UtcNow,
            body);
    }
}
