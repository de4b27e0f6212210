using System.Collections.Concurrent;
using System.Diagnostics;
using OtpPipeline.Benchmarks.Running;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace OtpPipeline.Benchmarks.Load;

/// <summary>A subscriber on the broker that notes when the EXPIRED event of each OTP arrived first.</summary>
internal sealed class ExpiredEvents : IAsyncDisposable
{
    private const string Exchange = "otp-status-changed";
    private readonly IConnection _connection;
    private readonly IReadOnlySet<Guid> _otpIds;
    private readonly ConcurrentDictionary<Guid, long> _arrivals = new();
    private long _count;

    private ExpiredEvents(IConnection connection, IReadOnlySet<Guid> otpIds) => (_connection, _otpIds) = (connection, otpIds);

    /// <summary>OTPs whose event arrived.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Timestamps of this process, by OTP.</summary>
    public IReadOnlyDictionary<Guid, long> Arrivals => _arrivals;

    /// <param name="broker">The broker.</param>
    /// <param name="pipeline">Whose events are subscribed.</param>
    /// <param name="otpIds">Only these count.</param>
    /// <param name="cancellationToken">Ends the subscribing.</param>
    public static async Task<ExpiredEvents> SubscribeAsync(
        Uri broker, Pipeline pipeline, IReadOnlySet<Guid> otpIds, CancellationToken cancellationToken)
    {
        var events = new ExpiredEvents(await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(cancellationToken), otpIds);
        var channel = await events._connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var queue = (await channel.QueueDeclareAsync(cancellationToken: cancellationToken)).QueueName;
        await channel.QueueBindAsync(queue, Exchange, pipeline.ApplicationId.ToString(), cancellationToken: cancellationToken);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            events.Note(message.Body.Span);
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer, cancellationToken);
        return events;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private void Note(ReadOnlySpan<byte> message)
    {
        if (message.IndexOf("\"EXPIRED\""u8) < 0)
        {
            return;
        }

        var otpId = Wire.OtpIdIn(message);
        if (_otpIds.Contains(otpId) && _arrivals.TryAdd(otpId, Stopwatch.GetTimestamp()))
        {
            Interlocked.Increment(ref _count);
        }
    }
}
