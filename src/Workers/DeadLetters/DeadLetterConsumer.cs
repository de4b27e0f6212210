using MassTransit;
using OtpPipeline.Core.DeadLetters;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.DeadLetters;

/// <summary>A message that the broker moved to a dead-letter queue, not parsed.</summary>
/// <param name="Queue">The queue from which it comes.</param>
/// <param name="Reason">The broker's reason.</param>
/// <param name="Original">Body and properties.</param>
/// <param name="SafeHeaders">Properties that cannot hold a secret.</param>
public sealed record DeadMessage(string Queue, string Reason, OriginalMessage Original, IReadOnlyDictionary<string, string> SafeHeaders)
{
    /// <summary>Omits the message content.</summary>
    public override string ToString() => $"DeadMessage {{ Queue = {Queue}, Reason = {Reason} }}";
}

/// <summary>Moves dead letters into their table, where an operator can view and replay them.</summary>
public sealed partial class DeadLetterConsumer(
    DeadLetterStore box, DatabaseCircuitBreaker database, ILogger<DeadLetterConsumer> logger) : IConsumer<DeadMessage>
{
    public async Task Consume(ConsumeContext<DeadMessage> context)
    {
        var dead = context.Message;
        await database.RunAsync(() => box.KeepAsync(dead.Queue, dead.Reason, dead.Original, dead.SafeHeaders));
        Log.Kept(logger, dead.Queue, dead.Reason);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A message of {Queue} is a dead letter: {Reason}")]
        public static partial void Kept(ILogger logger, string queue, string reason);
    }
}
