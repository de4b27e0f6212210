namespace OtpPipeline.Demo;

/// <summary>Prints timelines and their totals; the totals decide the process's exit code.</summary>
internal static class Report
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(4);

    public static Timeline Show(Timeline timeline)
    {
        Console.WriteLine();
        Console.WriteLine($"  {timeline.Title}  ({Masked(timeline.Recipient)})");
        var before = TimeSpan.Zero;
        foreach (var step in timeline.Steps)
        {
            Console.WriteLine($"    {step.At.TotalMilliseconds,8:0} ms   {step.What,-29} +{(step.At - before).TotalMilliseconds:0} ms");
            before = step.At;
        }

        foreach (var delivery in timeline.Last?.Deliveries ?? [])
        {
            Console.WriteLine(
                $"                  delivery: {delivery.Channel} by {delivery.Provider ?? "no provider"}, {delivery.Status}, attempt " +
                $"{delivery.Attempt}");
        }

        if (timeline.Last is { } otp)
        {
            Console.WriteLine(
                $"                  status:   {otp.Status}{(otp.Reason is null ? "" : $" ({otp.Reason})")}, attempts {otp.Attempts}");
        }

        if (timeline.Missing is not null)
        {
            Console.WriteLine($"    MISSING: {timeline.Missing}");
        }

        return timeline;
    }

    public static async Task<Timeline> WhileWaiting(Task<Timeline> expiring, TimeSpan lifetime, TimeProvider time)
    {
        Console.WriteLine();
        var since = time.GetTimestamp();
        while (await Task.WhenAny(expiring, Task.Delay(Heartbeat, time)) != expiring)
        {
            Console.WriteLine(
                $"  waiting for the OTP that nobody verifies, {time.GetElapsedTime(since).TotalSeconds:0} s; it lives for " +
                $"{lifetime.TotalSeconds:0} s");
        }

        return await expiring;
    }

    public static int Sum(IReadOnlyList<Timeline> timelines)
    {
        var missing = timelines.Where(timeline => timeline.Missing is not null).ToList();
        Console.WriteLine();
        foreach (var timeline in missing)
        {
            Console.WriteLine($"  MISSING in '{timeline.Title}': {timeline.Missing}");
        }

        Console.WriteLine(missing.Count == 0
            ? $"  The demo is complete: {timelines.Count} OTPs, each ended as it should."
            : $"  The demo is not complete: {missing.Count} of {timelines.Count} OTPs did not end as they should.");
        return missing.Count == 0 ? 0 : 1;
    }

    private static string Masked(string recipient) =>
        recipient.Length < 8 ? "***" : string.Concat(recipient.AsSpan(0, 4), "***", recipient.AsSpan(recipient.Length - 3));
}
