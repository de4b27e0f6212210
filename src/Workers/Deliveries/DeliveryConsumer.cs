using System.Collections.Frozen;
using System.Runtime.ExceptionServices;
using MassTransit;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Stores;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Deliveries;

/// <summary>
/// Delivers the OTPs of a work command as the channel has free places, and acknowledges it after the last outcome. The command is a hint: a
/// duplicate, late, stale or needless one finds nothing to claim. The consumer never retries; a further attempt is a separate row.
/// </summary>
public sealed class DeliveryConsumer(DeliveryPlaces places, DeliverySending sending, TimeProvider time, DeliveryMetrics metrics)
    : IConsumer<OtpRequested>
{
    // What has no place after this time goes back, for a worker that has one; at once where the calls hang.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    // RabbitMQ closes the channel of a consumer that leaves a message unacknowledged for 30 minutes.
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(1);

    private static readonly FrozenSet<string> Known = Channels.All.Select(c => c.Text()).ToFrozenSet(StringComparer.Ordinal);

    public async Task Consume(ConsumeContext<OtpRequested> context)
    {
        var message = context.Message;
        if (!EnumText<Channel>.TryParse(message.Channel ?? "", out var channel))
        {
            metrics.Skipped(KnownChannel(message.Channel));
            return;
        }

        var own = places.From(channel);
        var deliveries = RequestedDelivery.Read(message, channel);
        if (1 + (message.Further?.Count ?? 0) - deliveries.Count is var unread and > 0)
        {
            metrics.Skipped(channel.Text(), unread);
        }

        var calls = new List<Task>(deliveries.Count);
        var start = time.GetTimestamp();
        var begun = 0;
        while (begun < deliveries.Count && !calls.Exists(ComesAgain)
            && await own.TakeAsync(deliveries.Count - begun, LongestWait - time.GetElapsedTime(start)) is var taken and > 0)
        {
            calls.AddRange(await sending.BeginAsync(deliveries.GetRange(begun, taken), own));
            begun += taken;
        }

        // A message that comes again brings what it has not begun.
        var isFull = begun < deliveries.Count && !calls.Exists(ComesAgain);
        if (isFull)
        {
            calls.Add(sending.GiveBackAsync(deliveries.GetRange(begun, deliveries.Count - begun), channel));
        }

        await EndAsync(calls);
        if (isFull)
        {
            await own.HoldAsync(LongestHold);
        }
    }

    /// <summary>Waits for all. A failure that asks for a redelivery comes before one that puts the message aside.</summary>
    private static async Task EndAsync(List<Task> calls)
    {
        var all = Task.WhenAll(calls);
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (all.Exception?.InnerExceptions is { } failures)
        {
            ExceptionDispatchInfo.Throw(failures.FirstOrDefault(StoreFailures.IsTransient) ?? failures[0]);
        }

        await all;
    }

    private static bool ComesAgain(Task call) => call.Exception?.InnerException is { } failure && StoreFailures.IsTransient(failure);

    /// <summary>Limits the metric to one series per channel, for any channel text in a message.</summary>
    private static string KnownChannel(string? text) => Known.TryGetValue(text ?? "", out var channel) ? channel : "other";
}
