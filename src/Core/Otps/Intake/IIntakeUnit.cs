using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Intake;

/// <summary>The intake in one database.</summary>
public interface IIntakeStore
{
    /// <summary>Begins a transaction that stores new OTPs.</summary>
    Task<IIntakeUnit> BeginIntakeAsync(CancellationToken cancellationToken);
}

/// <summary>An intake transaction. Disposing without saving rolls back.</summary>
public interface IIntakeUnit : IAsyncDisposable
{
    /// <summary>Claims the idempotency keys, locks the counted histories and spendings, and counts the use of shares.</summary>
    /// <remarks>Waits for a duplicate that another transaction is committing.</remarks>
    Task<IntakeFacts> ReadAsync(IReadOnlyList<NewOtp> requests, IReadOnlyList<QueueShare> shares, CancellationToken cancellationToken);

    /// <summary>Writes the decisions and the messages, and commits.</summary>
    Task SaveAsync(IntakeDecisions decisions, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken);
}
