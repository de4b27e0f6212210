namespace OtpPipeline.Workers.Callbacks;

/// <summary>What a host made of an attempt, as far as it says something of the host.</summary>
public enum LaneResult
{
    /// <summary>It answered, whatever it answered.</summary>
    Answered,

    /// <summary>It did not answer, or said that it cannot serve at the moment.</summary>
    Failed,

    /// <summary>Nothing was learned: no attempt was made.</summary>
    Unknown,
}

/// <summary>What may be done with a callback now.</summary>
public enum LaneVerdict
{
    /// <summary>It has a place: send it, then <see cref="HostLanes{T}.Leave"/>.</summary>
    Start,

    /// <summary>It waits here and comes out of a later <see cref="HostLanes{T}.Leave"/>.</summary>
    Wait,

    /// <summary>No place: it waits in the database.</summary>
    PutBack,
}

/// <summary>What follows when a place is free again.</summary>
/// <param name="Start">These have a place now.</param>
/// <param name="PutBack">These wait in the database.</param>
/// <param name="Delay">How long they do.</param>
public sealed record LaneChange<T>(IReadOnlyList<T> Start, IReadOnlyList<T> PutBack, TimeSpan Delay);

/// <summary>What is known of one host.</summary>
internal sealed class Lane<T>
{
    public Queue<T> Waiting { get; } = new();

    public int Running { get; set; }

    public int CountedUnproven { get; set; }

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
