using MassTransit;
using OtpPipeline.Core.Otps.Changes;

namespace OtpPipeline.Hosting.Bus.Messages;

/// <summary>Routes an event that requires a callback to the callback queue: the first attempt need not wait for the job.</summary>
internal static class CallbackRouting
{
    /// <summary>Routing key of the queue. It is no application id, so subscribers see no difference.</summary>
    public const string Key = "otp-callbacks";

    // RabbitMQ's list of further routing keys. The broker removes it, and sends one message to a queue that two keys match.
    private const string FurtherKeys = "BCC";

    /// <summary>Called with each message before it is sent, by its writer or by a sweeper.</summary>
    public static void Route(SendContext context)
    {
        if (!context.Headers.TryGetHeader(OtpChanges.CallbackHeader, out _) || !context.TryGetPayload<RabbitMqSendContext>(out var rabbit))
        {
            return;
        }

        context.Headers.Set(OtpChanges.CallbackHeader, null);
        rabbit.BasicProperties.Headers ??= new Dictionary<string, object?>(StringComparer.Ordinal);
        rabbit.BasicProperties.Headers[FurtherKeys] = new List<object> { Key };
    }
}
