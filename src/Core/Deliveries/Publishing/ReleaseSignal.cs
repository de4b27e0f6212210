using Microsoft.Extensions.Options;

namespace OtpPipeline.Core.Deliveries.Publishing;

/// <summary>Wakes the release of waiting deliveries: when some began to wait here, and when claims made room.</summary>
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
            // Somebody else woke it at the same moment.
        }
    }

    /// <summary>Deliveries of any application left their queue.</summary>
    public void Claimed(int count)
    {
        // A quarter of what a release fills up: the consumers have the rest to go on with.
        if (Interlocked.Add(ref _claimed, count) >= Math.Max(1, options.Value.PublishTarget / 4))
        {
            Interlocked.Exchange(ref _claimed, 0);
            Wake();
        }
    }

    /// <summary>Until it is woken, or the time is over.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _wake.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _wake.Dispose();
}
