using MassTransit;
using OtpPipeline.Core.DeadLetters;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.DeadLetters;

/// <summary>A message that the broker moved to the dead letters, unread.</summary>
/// <param name="Queue">The queue that it comes from.</param>
/// <param name="Reason">The broker's word for why.</param>
/// <param name="Original">Body and properties.</param>
/// <param name="SafeHeaders">Properties that can hold no secret.</param>
public sealed record DeadMessage(string Queue, string Reason, OriginalMessage Original, IReadOnlyDictionary<string, string> SafeHeaders)
{
    /// <summary>Prints nothing of the message.</summary>
    public override string ToString() => $"DeadMessage {{ Queue = {Queue}, Reason = {Reason} }}";
}

/// <summary>Moves what the broker gave up on into the table of dead letters, where it can be looked at and replayed.</summary>
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
