using System.Diagnostics;

namespace OtpPipeline.Workers.Tests.Support;

/// <summary>Waits for what must come.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > Patience)
            {
                throw new TimeoutException($"Waited {watch.Elapsed.TotalSeconds:0.0} s in vain until {what}");
            }

            await Task.Delay(Pause);
        }
    }
}
