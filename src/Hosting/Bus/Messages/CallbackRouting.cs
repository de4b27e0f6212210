using MassTransit;
using OtpPipeline.Core.Otps.Changes;

namespace OtpPipeline.Hosting.Bus.Messages;

/// <summary>
/// Leads an event to the queue of callbacks where its change owes one, so that the first attempt need not wait for the job.
/// </summary>
internal static class CallbackRouting
{
    /// <summary>Binds the queue; no application's id, so no subscriber sees a difference.</summary>
    public const string Key = "otp-callbacks";

    // RabbitMQ's list of further routing keys. The broker takes it off, and a queue that two keys lead to gets one message.
    private const string FurtherKeys = "BCC";

    /// <summary>Called with each message before it goes out, whoever sends it: its writer or a sweeper.</summary>
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
