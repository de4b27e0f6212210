namespace OtpPipeline.Workers.Callbacks;

/// <summary>What an attempt tells about its host.</summary>
public enum HostResult
{
    /// <summary>It answered, whatever it answered.</summary>
    Answered,

    /// <summary>It did not answer, or said that it cannot serve at the moment.</summary>
    Failed,

    /// <summary>Nothing was learned: no attempt was made.</summary>
    Unknown,
}

/// <summary>What may be done with a callback now.</summary>
public enum Admission
{
    /// <summary>It has a place: send it, then <see cref="HostQueues{T}.Leave"/>.</summary>
    Start,

    /// <summary>It waits here and comes out of a later <see cref="HostQueues{T}.Leave"/>.</summary>
    Wait,

    /// <summary>No place: it waits in the database.</summary>
    PutBack,
}

/// <summary>What follows when a place is free again.</summary>
/// <param name="Start">These have a place now.</param>
/// <param name="PutBack">These wait in the database.</param>
/// <param name="Delay">How long they do.</param>
public sealed record QueueChange<T>(IReadOnlyList<T> Start, IReadOnlyList<T> PutBack, TimeSpan Delay);

/// <summary>What is known of one host of one application.</summary>
internal sealed class HostQueue<T>(HostKey key)
{
    public HostKey Key { get; } = key;

    public Guid Owner => Key.ApplicationId;

    public Queue<T> Waiting { get; } = new();

    public int Running { get; set; }

    /// <summary>Those of <see cref="Running"/> that are counted as places of slow hosts.</summary>
    public int CountedSlow { get; set; }

    public bool HasAnswered { get; set; }

    /// <summary>How long an answer takes, the last ones counting most.</summary>
    public TimeSpan Took { get; set; } = TimeSpan.FromSeconds(1);

    public bool IsQuick { get; set; }

    public int Failures { get; set; }

    public int Openings { get; set; }

    public TimeSpan OpenFor { get; set; }

    public long OpenSince { get; set; }

    public long LastUsed { get; set; }
}
