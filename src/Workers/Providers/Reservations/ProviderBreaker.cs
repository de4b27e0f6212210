namespace OtpPipeline.Workers.Providers.Reservations;

/// <summary>Circuit breaker of a provider. Not thread-safe; the time is given.</summary>
/// <remarks>
/// It is asked before the claim of a delivery and told after its outcome, and a claim that is not granted is no outcome: Polly's breaker
/// would count that as a success and close.
/// </remarks>
internal sealed class ProviderBreaker(int? failures, TimeSpan pause)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DuringProbe = TimeSpan.FromMilliseconds(250);
    private TimeSpan? _openUntil;
    private TimeSpan _pause;
    private int _inARow;
    private bool _probing;

    /// <summary>True after too many failures in a row, until a message succeeds.</summary>
    public bool IsOpen => _openUntil is not null;

    /// <summary>Time until a message may go to the provider; zero for now.</summary>
    public TimeSpan Wait(TimeSpan now) =>
        _openUntil is not { } until ? TimeSpan.Zero
        : until > now ? until - now
        : _probing ? DuringProbe
        : TimeSpan.Zero;

    /// <summary>A message goes to the provider. Returns true when it is the one that tries an open breaker out.</summary>
    public bool Enter() => _probing = IsOpen;

    public void Succeeded() => (_openUntil, _inARow, _probing) = (null, 0, false);

    /// <summary>Returns for how long the breaker is open, if this failure opened it.</summary>
    public TimeSpan? Failed(bool isProbe, TimeSpan now)
    {
        if (failures is null || (IsOpen && !isProbe))
        {
            return null;
        }

        if (!isProbe && ++_inARow < failures)
        {
            return null;
        }

        _pause = isProbe ? Shorter(_pause * 2, LongestPause > pause ? LongestPause : pause) : pause;
        (_openUntil, _inARow, _probing) = (now + _pause, 0, false);
        return _pause;
    }

    /// <summary>The message says nothing about the provider: another one tries it out.</summary>
    public void NoVerdict(bool isProbe) => _probing &= !isProbe;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
