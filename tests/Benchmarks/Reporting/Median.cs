namespace OtpPipeline.Benchmarks.Reporting;

internal static class Median
{
    /// <summary>The middle value, or the mean of the two in the middle; null of nothing.</summary>
    public static double? Of(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
        {
            return null;
        }

        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
