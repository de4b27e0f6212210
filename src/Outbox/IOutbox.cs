namespace OtpPipeline.Outbox;

/// <summary>Creates batches and sends them after their commit.</summary>
public interface IOutbox
{
    /// <summary>Creates an empty batch for one unit of work. Its lease starts now: create it before the rows are inserted.</summary>
    OutboxBatch NewBatch();

    /// <summary>
    /// Hands a committed batch to the dispatcher. Call it after the commit. It never waits and never throws. The sweeper sends delayed rows
    /// and the rows for which the dispatcher has no capacity or no time.
    /// </summary>
    void Dispatch(OutboxBatch batch);

    /// <summary>False while this process's bus still starts. Other processes should then do the work that produces messages.</summary>
    bool IsReady { get; }

    /// <summary>Makes this process's sweeper look now instead of at its next poll.</summary>
    void Wake();
}
