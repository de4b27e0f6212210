using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OtpPipeline.Outbox.Sending;

/// <summary>Makes one publish attempt with a time-out and returns the error as a value.</summary>
internal sealed partial class OutboxSender(
    IOutboxPublisher publisher,
    BrokerHealth health,
    OutboxTelemetry telemetry,
    OutboxSetup setup,
    IOptions<OutboxOptions> options,
    ILogger<OutboxSender> logger)
{
    private const int LongestError = 300;

    /// <summary>Returns null if the broker confirmed the message, otherwise the error.</summary>
    public async Task<Exception?> TrySendAsync(OutgoingMessage outgoing, CancellationToken abort)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(abort);
        timeout.CancelAfter(options.Value.PublishTimeout);
        try
        {
            // The time-out ends the wait, not the call: RabbitMQ.Client 7.1.2 failed when a running declaration was cancelled, and a later
            // version only seems to be fixed. A message confirmed after the time-out is sent twice.
            await publisher.PublishAsync(outgoing, abort).WaitAsync(timeout.Token);
        }
        catch (Exception exception)
        {
            var error = exception is OperationCanceledException && !abort.IsCancellationRequested
                ? new TimeoutException("The broker did not confirm the message in time.", exception)
                : exception;
            telemetry.Failed();
            Log.Failed(logger, outgoing.Row.Id, outgoing.Row.MessageType, Describe(error));
            if (!abort.IsCancellationRequested && IsBrokerDown(error) && health.Failed())
            {
                Log.BrokerDown(logger, Describe(error));
            }

            return error;
        }

        if (health.Succeeded())
        {
            Log.BrokerBack(logger);
        }

        return null;
    }

    /// <summary>True if the connection caused the error, not the message.</summary>
    public bool IsBrokerDown(Exception error) => !setup.SaysRefused(error) && setup.SaysBrokerDown(error);

    /// <summary>Returns the cause's type and message, short enough for the column.</summary>
    public static string Describe(Exception error)
    {
        var cause = error is TimeoutException ? error : error.GetBaseException();
        var message = cause.Message.Length > LongestError ? cause.Message[..LongestError] : cause.Message;
        return $"{cause.GetType().Name}: {message}";
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Message {MessageId} ({MessageType}) was not published: {Error}")]
        public static partial void Failed(ILogger logger, Guid messageId, string messageType, string error);

        [LoggerMessage(
            Level = LogLevel.Warning, Message = "The broker does not answer; messages stay in the outbox until it does: {Error}")]
        public static partial void BrokerDown(ILogger logger, string error);

        [LoggerMessage(Level = LogLevel.Information, Message = "The broker answers again")]
        public static partial void BrokerBack(ILogger logger);
    }
}
