namespace OtpPipeline.Core.Deliveries.Feedback;

/// <summary>Feedback that an OTP owes; at most one of an OTP. Deleted when its provider took it and when it is a dead letter.</summary>
public sealed class PendingFeedback
{
    /// <summary>When the command of an attempt seems lost; a call to a provider takes half of it at most.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromMinutes(1);

    public required Guid OtpId { get; init; }

    /// <summary>The next attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>How often the command for this attempt was published again.</summary>
    public required int Republished { get; init; }

    /// <summary>When its command seems lost.</summary>
    public required DateTime DueAt { get; init; }

    /// <summary>Whether the pause before the attempt is over; a command that comes earlier is a duplicate or forged.</summary>
    public bool MayBegin(DateTime now) => Republished > 0 || now >= DueAt - LostAfter;
}
