namespace OtpPipeline.Benchmarks.Reporting;

/// <summary>One measured value.</summary>
/// <param name="Name">As in the table and in the JSON.</param>
/// <param name="Value">Null where there was nothing to measure; the note says why.</param>
/// <param name="Unit">1/s, ms, MB.</param>
/// <param name="Ceiling">What this machine did in the same run without the pipeline, or the pipeline without the burden.</param>
/// <param name="Goal">What it should be.</param>
/// <param name="Note">What a reader must know.</param>
internal sealed record Figure(string Name, double? Value, string Unit, double? Ceiling = null, Goal? Goal = null, string? Note = null)
{
    public double? Ratio => Value is { } value && Ceiling is > 0 ? value / Ceiling : null;

    public bool? IsMet => Goal?.IsMet(this);
}

/// <summary>What a figure should be.</summary>
internal abstract record Goal(string Text)
{
    public static Goal Ratio(double least) => new AtLeast(least);

    public static Goal RatioAtMost(double most) => new RatioNoMore(most);

    public static Goal AtMost(double most) => new NoMore(most);

    public abstract bool? IsMet(Figure figure);

    private sealed record AtLeast(double Least) : Goal($"ratio ≥ {Least:0.00}")
    {
        // As it is printed: 0.198 counts as 0.20.
        public override bool? IsMet(Figure figure) => figure.Ratio is { } ratio ? Math.Round(ratio, 2) >= Least : null;
    }

    private sealed record RatioNoMore(double Most) : Goal($"ratio ≤ {Most:0.00}")
    {
        public override bool? IsMet(Figure figure) => figure.Ratio is { } ratio ? Math.Round(ratio, 2) <= Most : null;
    }

    private sealed record NoMore(double Most) : Goal($"≤ {Most:0}")
    {
        public override bool? IsMet(Figure figure) => figure.Value is { } value ? value <= Most : null;
    }
}
