using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Requests;

namespace OtpPipeline.Core.Otps.Intake;

/// <summary>Merges requests with the same idempotency key in a batch: the first is processed, the others get its answer.</summary>
internal sealed class IntakeDuplicates
{
    private readonly IReadOnlyList<NewOtp> _requests;
    private readonly int[] _firstOf;
    private readonly List<NewOtp> _firsts = [];

    public IntakeDuplicates(IReadOnlyList<NewOtp> requests)
    {
        _requests = requests;
        _firstOf = new int[requests.Count];
        var seen = new Dictionary<(Guid ApplicationId, string Key), int>();
        for (var i = 0; i < requests.Count; i++)
        {
            var key = requests[i].IdempotencyHash is { } hash ? Convert.ToHexString(hash) : null;
            if (key is not null && seen.TryGetValue((requests[i].ApplicationId, key), out var first))
            {
                _firstOf[i] = first;
                continue;
            }

            _firstOf[i] = _firsts.Count;
            if (key is not null)
            {
                seen[(requests[i].ApplicationId, key)] = _firsts.Count;
            }

            _firsts.Add(requests[i]);
        }
    }

    /// <summary>The requests to process.</summary>
    public IReadOnlyList<NewOtp> Firsts => _firsts;

    /// <summary>Expands the answers to <see cref="Firsts"/> to all requests.</summary>
    public IReadOnlyList<IntakeAnswer> Spread(IReadOnlyList<IntakeAnswer> answers)
    {
        var all = new IntakeAnswer[_requests.Count];
        for (var i = 0; i < all.Length; i++)
        {
            var (first, answer) = (_firsts[_firstOf[i]], answers[_firstOf[i]]);
            all[i] = ReferenceEquals(first, _requests[i]) ? answer : AnswerTo(_requests[i], first, answer);
        }

        return all;
    }

    // When the first was refused, a different request with its key is not decided: the client may retry it.
    private static IntakeAnswer AnswerTo(NewOtp duplicate, NewOtp first, IntakeAnswer answer) =>
        answer.Otp is { } otp
            ? IntakeRules.Replay(duplicate, new(first.CommandHash!, otp))
            : duplicate.CommandHash.AsSpan().SequenceEqual(first.CommandHash) ? answer : new(null, OtpErrors.IdempotencyKeyInFlight);
}
