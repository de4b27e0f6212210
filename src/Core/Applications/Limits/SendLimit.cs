using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Applications.Limits;

/// <summary>What a window counts.</summary>
public enum SendCount
{
    /// <summary>Sends to one recipient.</summary>
    PerRecipient,

    /// <summary>Sends that were asked for from one remote address, as the caller names it.</summary>
    PerAddress,
}

/// <summary>A set of windows.</summary>
/// <param name="Channel">The channel whose sends count.</param>
/// <param name="Count">What is counted.</param>
/// <param name="Windows">At most ten.</param>
public sealed record SendLimit(Channel Channel, SendCount Count, SendWindow[] Windows);

/// <summary>So many accepted sends in so many minutes.</summary>
/// <param name="Minutes">Length of the sliding window, 1 to 10080 (a week).</param>
/// <param name="Rate">Sends in it, 1 to 100000.</param>
public sealed record SendWindow(int Minutes, int Rate);
