namespace OtpPipeline.Outbox;

/// <summary>Makes batches, and sends them once they are committed.</summary>
public interface IOutbox
{
    /// <summary>An empty batch for one unit of work. Its lease is counted from here, so create it before the rows are inserted.</summary>
    OutboxBatch NewBatch();

    /// <summary>
    /// To be called after the commit: hands the batch to the dispatcher. Never waits and never throws; what the dispatcher has no room
    /// or no time for, and each delayed row, is left to the sweeper.
    /// </summary>
    void Dispatch(OutboxBatch batch);

    /// <summary>False while this process's bus still starts, so that others should do what leads to messages.</summary>
    bool IsReady { get; }

    /// <summary>Lets this process's sweeper look now instead of at its next poll.</summary>
    void Wake();
}
