using System.Diagnostics;

namespace OtpPipeline.Outbox.Tests.Support;

internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Task Until(Func<bool> condition, string what) => Until(() => Task.FromResult(condition()), what);

    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > Patience)
            {
                throw new TimeoutException($"Waited {Patience.TotalSeconds} s in vain: {what}");
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
