using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Requests;

namespace OtpPipeline.Core.Otps.Intake;

/// <summary>Merges requests of one idempotency key within a batch: the first is taken in, the others get its answer.</summary>
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

    /// <summary>The requests to take in.</summary>
    public IReadOnlyList<NewOtp> Firsts => _firsts;

    /// <summary>The answers of all requests, from those of <see cref="Firsts"/>.</summary>
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

    // Where the first was refused, nothing is known of another request with its key: it may come again.
    private static IntakeAnswer AnswerTo(NewOtp duplicate, NewOtp first, IntakeAnswer answer) =>
        answer.Otp is { } otp
            ? IntakeRules.Replay(duplicate, new(first.CommandHash!, otp))
            : duplicate.CommandHash.AsSpan().SequenceEqual(first.CommandHash) ? answer : new(null, OtpErrors.IdempotencyKeyInFlight);
}
