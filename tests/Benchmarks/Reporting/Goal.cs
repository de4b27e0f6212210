namespace OtpPipeline.Benchmarks.Reporting;

/// <summary>What a figure should be.</summary>
internal abstract record Goal(string Text)
{
    public static Goal Ratio(double least) => new AtLeast(least);

    public static Goal RatioAtMost(double most) => new RatioNoMore(most);

    public static Goal AtMost(double most) => new NoMore(most);

    /// <summary>Null where the figure has no such value.</summary>
    public abstract bool? IsMet(double? value, double? ratio);

    private sealed record AtLeast(double Least) : Goal($"ratio ≥ {Least:0.00}")
    {
        // As it is printed: 0.198 counts as 0.20.
        public override bool? IsMet(double? value, double? ratio) => ratio is { } r ? Math.Round(r, 2) >= Least : null;
    }

    private sealed record RatioNoMore(double Most) : Goal($"ratio ≤ {Most:0.00}")
    {
        public override bool? IsMet(double? value, double? ratio) => ratio is { } r ? Math.Round(r, 2) <= Most : null;
    }

    private sealed record NoMore(double Most) : Goal($"≤ {Most:0}")
    {
        public override bool? IsMet(double? value, double? ratio) => value is { } v ? v <= Most : null;
    }
}
