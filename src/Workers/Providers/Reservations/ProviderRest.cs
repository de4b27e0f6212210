namespace OtpPipeline.Workers.Providers.Reservations;

/// <summary>The time for which a provider asked to get no messages. Not thread-safe; the time is given.</summary>
internal sealed class ProviderRest
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private TimeSpan _since;
    private TimeSpan _until;

    /// <summary>Time until its end; negative afterwards.</summary>
    public TimeSpan Wait(TimeSpan now) => _until - now;

    /// <summary>Begins, or goes on where that is longer.</summary>
    public void Begin(TimeSpan wanted, TimeSpan now)
    {
        var until = now + (wanted < Longest ? wanted : Longest);
        if (until > _until)
        {
            (_since, _until) = (now, until);
        }
    }

    public void End() => _until = TimeSpan.Zero;

    /// <summary>The provider accepted a message, which ends the rest unless the message got its place before.</summary>
    public void Accepted(TimeSpan began) => _until = began >= _since ? TimeSpan.Zero : _until;
}
