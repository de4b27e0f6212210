namespace OtpPipeline.Workers.Callbacks;

/// <summary>What an attempt shows about its host.</summary>
public enum HostResult
{
    /// <summary>The host answered, with any status.</summary>
    Answered,

    /// <summary>The host did not answer, or said that it is currently unavailable.</summary>
    Failed,

    /// <summary>No attempt was made, so nothing is known.</summary>
    Unknown,
}

/// <summary>What the sender does with a callback now.</summary>
public enum Admission
{
    /// <summary>The callback has a place: send it, then call <see cref="HostQueues{T}.Leave"/>.</summary>
    Start,

    /// <summary>The callback waits in memory; a later <see cref="HostQueues{T}.Leave"/> returns it.</summary>
    Wait,

    /// <summary>No capacity: the callback waits in the database.</summary>
    PutBack,
}

/// <summary>What to do after a place became free.</summary>
/// <param name="Start">Callbacks that have a place now.</param>
/// <param name="PutBack">Callbacks that must wait in the database.</param>
/// <param name="Delay">How long they wait there.</param>
public sealed record QueueChange<T>(IReadOnlyList<T> Start, IReadOnlyList<T> PutBack, TimeSpan Delay);

/// <summary>State of one host of one application.</summary>
internal sealed class HostQueue<T>(HostKey key)
{
    public HostKey Key { get; } = key;

    public Guid Owner => Key.ApplicationId;

    public Queue<T> Waiting { get; } = new();

    public int Running { get; set; }

    /// <summary>How many of <see cref="Running"/> count as places of slow hosts.</summary>
    public int CountedSlow { get; set; }

    public bool HasAnswered { get; set; }

    /// <summary>Average answer time; recent answers weigh most.</summary>
    public TimeSpan Took { get; set; } = TimeSpan.FromSeconds(1);

    public bool IsQuick { get; set; }

    public int Failures { get; set; }

    public int Openings { get; set; }

    public TimeSpan OpenFor { get; set; }

    public long OpenSince { get; set; }

    public long LastUsed { get; set; }
}
