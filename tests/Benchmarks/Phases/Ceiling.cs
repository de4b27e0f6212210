namespace OtpPipeline.Benchmarks.Phases;

/// <summary>What the same machine does without the pipeline.</summary>
/// <param name="Name">As in the report.</param>
/// <param name="SeenBefore">A second, on an idle machine of two cores; null where nothing is known.</param>
/// <param name="MeasureAsync">The rate a second, and what went wrong.</param>
internal sealed record Ceiling(
    string Name, double? SeenBefore, Func<Bench, Lengths, CancellationToken, Task<(double Rate, string? Note)>> MeasureAsync)
{
    private const double Suspicious = 0.7;

    /// <summary>A ceiling far under what two cores gave before makes every ratio look better than it is.</summary>
    public string? NoteOf(double rate) =>
        rate < Suspicious * SeenBefore
            ? $"LOW: under {Suspicious:0.0} of the {SeenBefore:#,##0}/s seen on an idle machine of two cores; something else runs, or " +
                "the disk is slow"
            : null;
}
