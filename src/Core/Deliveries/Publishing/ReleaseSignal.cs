using Microsoft.Extensions.Options;

namespace OtpPipeline.Core.Deliveries.Publishing;

/// <summary>Wakes the release of waiting deliveries when new ones wait, and when claims freed capacity.</summary>
public sealed class ReleaseSignal(IOptions<DeliveryOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _wake = new(0, 1);
    private int _claimed;

    public void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Another thread woke it at the same time.
        }
    }

    /// <summary>Counts claimed deliveries of any application.</summary>
    public void Claimed(int count)
    {
        // Wake at a quarter of what a release publishes: the consumers still have the rest to claim.
        if (Interlocked.Add(ref _claimed, count) >= Math.Max(1, options.Value.PublishTarget / 4))
        {
            Interlocked.Exchange(ref _claimed, 0);
            Wake();
        }
    }

    /// <summary>Waits until woken or until the time is over.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _wake.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _wake.Dispose();
}
