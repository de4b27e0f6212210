using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Intake;

/// <summary>The intake as a database makes it.</summary>
public interface IIntakeStore
{
    /// <summary>One transaction that takes new OTPs in.</summary>
    Task<IIntakeUnit> BeginIntakeAsync(CancellationToken cancellationToken);
}

/// <summary>A transaction of the intake. Disposing without saving rolls back.</summary>
public interface IIntakeUnit : IAsyncDisposable
{
    /// <summary>Claims the idempotency keys, locks what the limits count and counts the use of shares.</summary>
    /// <remarks>Waits for a duplicate that is being committed.</remarks>
    Task<IntakeFacts> ReadAsync(IReadOnlyList<NewOtp> requests, IReadOnlyList<QueueShare> shares, CancellationToken cancellationToken);

    /// <summary>Writes what was decided, together with the messages, and commits.</summary>
    Task SaveAsync(IntakeDecisions decisions, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken);
}
