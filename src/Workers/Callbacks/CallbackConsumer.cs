using MassTransit;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Callbacks;

/// <summary>The only field read from an event on the callback queue: the OTP.</summary>
[ExcludeFromTopology]
public sealed record CallbackWake(Guid OtpId);

/// <summary>
/// Claims the OTP's pending callbacks and hands them to the sender. A message is only a trigger; its content is not trusted.
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
