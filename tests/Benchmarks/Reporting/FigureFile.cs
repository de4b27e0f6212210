using System.Text.Json;
using System.Text.Json.Serialization;

namespace OtpPipeline.Benchmarks.Reporting;

/// <summary>The figures of a run as --json writes them. Files of older versions have fewer fields.</summary>
internal sealed record FigureFile(IReadOnlyList<FigureFile.Row> Figures)
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    public static FigureFile Read(string file) => JsonSerializer.Deserialize<FigureFile>(File.ReadAllBytes(file), Json)!;

    /// <summary>Medians, and what each round had.</summary>
    internal sealed record Row(
        string Name, double? Value, string Unit, double? Ceiling, double? Ratio, IReadOnlyList<double>? Rounds = null,
        IReadOnlyList<double>? Ratios = null, IReadOnlyDictionary<string, double>? Parts = null)
    {
        public static Row From(Series s) => new(
            s.Name, Rounded(s.Value), s.Unit, Rounded(s.Ceiling), Rounded(s.Ratio), Rounded(s.Values), Rounded(s.Ratios),
            s.Parts?.ToDictionary(p => p.Key, p => Math.Round(p.Value, 4)));

        private static double? Rounded(double? value) => value is { } v ? Math.Round(v, 4) : null;

        private static List<double> Rounded(IReadOnlyList<double> values) => [.. values.Select(v => Math.Round(v, 4))];
    }
}
