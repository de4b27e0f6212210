namespace OtpPipeline.Benchmarks.Reporting;

/// <summary>The rounds of one figure: their medians count.</summary>
internal sealed class Series(Figure first)
{
    private readonly List<Figure> _rounds = [first];

    public string Name => first.Name;

    public string Unit => first.Unit;

    public Goal? Goal => first.Goal;

    public IReadOnlyList<double> Values => [.. _rounds.Select(r => r.Value).OfType<double>()];

    public IReadOnlyList<double> Ratios => [.. _rounds.Select(r => r.Ratio).OfType<double>()];

    public double? Value => Median.Of(Values);

    public double? Ratio => Median.Of(Ratios);

    public double? Ceiling => Median.Of([.. _rounds.Select(r => r.Ceiling).OfType<double>()]);

    public bool? IsMet => Goal?.IsMet(Value, Ratio);

    public IEnumerable<string> Notes => _rounds.Select(r => r.Note).OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>The median of each part; they need not add up to the median of the sums. Null where the figure has none.</summary>
    public IReadOnlyDictionary<string, double>? Parts => first.Parts?.Keys.ToDictionary(
        part => part, part => Median.Of([.. _rounds.Select(r => r.Parts?.GetValueOrDefault(part)).OfType<double>()])!.Value);

    public void Add(Figure next) => _rounds.Add(next);
}
