using System.Diagnostics;
using Xunit;

namespace OtpPipeline.Tests.Shared;

/// <summary>Waits for what must come, and says what did not.</summary>
internal static class Eventually
{
    // Longer than the 30 s after which another process publishes what the one that wrote it could not.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    public static Task Until(Func<bool> condition, string what, TimeSpan? within = null) =>
        Until(() => Task.FromResult(condition()), what, within);

    public static async Task Until(Func<Task<bool>> condition, string what, TimeSpan? within = null) =>
        await Get(async () => await condition() ? "" : null, what, within);

    /// <summary>The first answer that is not null.</summary>
    public static async Task<T> Get<T>(Func<Task<T?>> find, string what, TimeSpan? within = null)
        where T : class
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (await find() is { } found)
            {
                return found;
            }

            if (watch.Elapsed > (within ?? Patience))
            {
                throw new TimeoutException($"Waited {watch.Elapsed.TotalSeconds:0.0} s in vain until {what}");
            }

            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>That it stays so for a while: for what must not come.</summary>
    public static async Task Never(Func<Task<bool>> condition, string what, TimeSpan during)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < during)
        {
            if (await condition())
            {
                throw new InvalidOperationException($"After {watch.Elapsed.TotalSeconds:0.0} s: {what}");
            }

            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}
