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
            var since = (step.At - before).TotalMilliseconds;
            Console.WriteLine($"    {step.At.TotalMilliseconds,8:0} ms   {step.What,-42} +{since:0} ms");
            before = step.At;
        }

        foreach (var delivery in timeline.Last?.Deliveries ?? [])
        {
            var reason = delivery.Reason is null ? "" : $" ({delivery.Reason})";
            Console.WriteLine(
                $"                  delivery: {delivery.Channel} by {delivery.Provider ?? "no provider"}, {delivery.Status}{reason}, " +
                $"step {delivery.Step}, attempt {delivery.Attempt}{(delivery.Resend ? ", sent again" : "")}");
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

    public static async Task<Timeline> WhileWaiting(Task<Timeline> waiting, string what, TimeProvider time)
    {
        Console.WriteLine();
        var since = time.GetTimestamp();
        while (await Task.WhenAny(waiting, Task.Delay(Heartbeat, time)) != waiting)
        {
            Console.WriteLine($"  waiting for {what}, {time.GetElapsedTime(since).TotalSeconds:0} s");
        }

        return await waiting;
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
