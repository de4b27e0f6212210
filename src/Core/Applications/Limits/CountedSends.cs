using OtpPipeline.Core.Errors;

namespace OtpPipeline.Core.Applications.Limits;

/// <summary>Sends of one kind that are counted together, such as those to one recipient on one channel or of one remote address.</summary>
/// <param name="Key">What they have in common; only its keyed hash is stored.</param>
/// <param name="Windows">Sliding windows, each with its limit.</param>
/// <param name="Error">What a full window is answered with.</param>
public sealed record CountedSends(string Key, IReadOnlyList<SendWindow> Windows, OtpError Error)
{
    /// <summary>Prints nothing of it: the key may hold a recipient.</summary>
    public override string ToString() => nameof(CountedSends);
}
