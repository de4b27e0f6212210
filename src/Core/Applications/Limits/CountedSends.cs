using OtpPipeline.Core.Errors;

namespace OtpPipeline.Core.Applications.Limits;

/// <summary>Sends that are counted together, such as those to one recipient on one channel, or from one remote address.</summary>
/// <param name="Key">What the sends share; only its keyed hash is stored.</param>
/// <param name="Windows">Sliding windows, each with its limit.</param>
/// <param name="Error">The error when a window is full.</param>
public sealed record CountedSends(string Key, IReadOnlyList<SendWindow> Windows, OtpError Error)
{
    /// <summary>Prints the type name only: the key may hold a recipient.</summary>
    public override string ToString() => nameof(CountedSends);
}
