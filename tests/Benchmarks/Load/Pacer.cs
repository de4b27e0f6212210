using System.Diagnostics;

namespace OtpPipeline.Benchmarks.Load;

/// <summary>Lets calls through at a fixed rate, whatever the answers take.</summary>
internal sealed class Pacer : IAsyncDisposable
{
    private readonly SemaphoreSlim permits = new(0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task pacing;

    public Pacer(double perSecond) => pacing = Task.Run(() => PaceAsync(perSecond));

    public Task TakeAsync(CancellationToken cancellationToken) => permits.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await pacing;
        permits.Dispose();
        stop.Dispose();
    }

    private async Task PaceAsync(double perSecond)
    {
        var watch = Stopwatch.StartNew();
        var given = 0;
        while (!stop.IsCancellationRequested)
        {
            var due = (int)(watch.Elapsed.TotalSeconds * perSecond) - given;
            if (due > 0)
            {
                given += due;
                permits.Release(due);
            }

            await Task.Delay(1, CancellationToken.None);
        }
    }
}
