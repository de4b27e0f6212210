using MassTransit;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Callbacks;

/// <summary>What is read of an event on the queue of callbacks: the OTP, and nothing else.</summary>
[ExcludeFromTopology]
public sealed record CallbackWake(Guid OtpId);

/// <summary>
/// Claims what the database owes for the OTP and hands it to the sender. A message only wakes; what it says is not believed.
/// </summary>
public sealed partial class CallbackConsumer(
    CallbackClaims callbacks, CallbackSender sender, DatabaseCircuitBreaker database, CallbackMetrics metrics,
    ILogger<CallbackConsumer> logger) : IConsumer<CallbackWake>
{
    public async Task Consume(ConsumeContext<CallbackWake> context)
    {
        var otpId = context.Message.OtpId;
        if (otpId == Guid.Empty)
        {
            Log.NoEvent(logger, context.MessageId);
            return;
        }

        foreach (var callback in await database.RunAsync(() => callbacks.ClaimAsync(otpId, CancellationToken.None)))
        {
            metrics.Created();
            sender.Hand(callback);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Message {MessageId} on the queue of callbacks names no OTP")]
        public static partial void NoEvent(ILogger logger, Guid? messageId);
    }
}
