namespace OtpPipeline.Benchmarks.Reporting;

/// <summary>One value of one round.</summary>
/// <param name="Name">As in the table and in the JSON.</param>
/// <param name="Value">Null where there was nothing to measure; the note says why.</param>
/// <param name="Unit">1/s, ms, µs, MB.</param>
/// <param name="Ceiling">What this machine did in the same minute without the pipeline, or the pipeline without the burden.</param>
/// <param name="Goal">What it should be.</param>
/// <param name="Note">What a reader must know.</param>
internal sealed record Figure(string Name, double? Value, string Unit, double? Ceiling = null, Goal? Goal = null, string? Note = null)
{
    public const string Microseconds = "µs";

    /// <summary>What each part adds to the value; null where it is not a sum.</summary>
    public IReadOnlyDictionary<string, double>? Parts { get; init; }

    public double? Ratio => Value is { } value && Ceiling is > 0 ? value / Ceiling : null;
}
