using System.Diagnostics;

namespace OtpPipeline.Benchmarks.Load;

/// <summary>Lets calls through at a fixed rate, whatever the answers take.</summary>
internal sealed class Pacer : IAsyncDisposable
{
    private readonly SemaphoreSlim _permits = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pacing;

    public Pacer(double perSecond) => _pacing = Task.Run(() => PaceAsync(perSecond));

    public Task TakeAsync(CancellationToken cancellationToken) => _permits.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pacing;
        _permits.Dispose();
        _stop.Dispose();
    }

    private async Task PaceAsync(double perSecond)
    {
        var watch = Stopwatch.StartNew();
        var given = 0;
        while (!_stop.IsCancellationRequested)
        {
            var due = (int)(watch.Elapsed.TotalSeconds * perSecond) - given;
            if (due > 0)
            {
                given += due;
                _permits.Release(due);
            }

            await Task.Delay(1, CancellationToken.None);
        }
    }
}
