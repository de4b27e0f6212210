using System.Collections.Frozen;

namespace OtpPipeline.Core.Deliveries.Feedback;

/// <summary>The providers that want to know whether their messages led to a verification.</summary>
/// <param name="providers">By name: whether they also want to know of OTPs that nobody verified.</param>
public sealed class FeedbackProviders(IEnumerable<KeyValuePair<string, bool>> providers)
{
    private readonly FrozenDictionary<string, bool> _providers = providers.ToFrozenDictionary(StringComparer.Ordinal);

    public static FeedbackProviders None { get; } = new([]);

    public bool IsEmpty => _providers.Count == 0;

    /// <summary>Whether this provider wants to know of an OTP that was verified, or was not.</summary>
    public bool Want(string provider, bool verified) =>
        _providers.TryGetValue(provider, out var wantsAll) && (verified || wantsAll);
}
