using System.Text.Json;

namespace OtpPipeline.Benchmarks.Reporting;

/// <summary>All figures of a run: lines while it runs, tables at its end, JSON for machines.</summary>
internal sealed class Report
{
    private static readonly string[] Parts = ["Api", "Workers", "RabbitMQ", "PostgreSQL", "load"];
    private readonly List<Series> _series = [];

    /// <summary>One round of a figure; rounds of the same name belong together.</summary>
    public void Add(Figure figure)
    {
        if (_series.Find(s => s.Name == figure.Name) is { } series)
        {
            series.Add(figure);
        }
        else
        {
            _series.Add(new(figure));
        }

        var ratio = figure.Ratio is { } r ? $", {Text.Ratio(r)} of {Text.Number(figure.Ceiling)}" : "";
        var parts = figure.Parts is { Count: > 0 } of ? $": {string.Join(", ", of.Select(p => $"{p.Key} {p.Value:0}"))}" : "";
        var note = figure.Note is null ? "" : $" ({figure.Note})";
        Console.WriteLine($"  => {figure.Name}: {Text.Number(figure.Value)} {figure.Unit}{ratio}{parts}{note}");
    }

    /// <summary>The median of what was measured so far; null where nothing was.</summary>
    public double? ValueOf(string name) => _series.Find(s => s.Name == name)?.Value;

    public void Print()
    {
        PrintFigures([.. _series.Where(s => s.Parts is null)]);
        PrintProcessorTimes([.. _series.Where(s => s.Parts is not null)]);
        foreach (var (name, note) in _series.SelectMany(s => s.Notes.Select(n => (s.Name, n))))
        {
            Console.WriteLine($"  {name}: {note}");
        }
    }

    public async Task WriteJsonAsync(string file)
    {
        await using var stream = File.Create(file);
        await JsonSerializer.SerializeAsync(stream, new FigureFile([.. _series.Select(FigureFile.Row.From)]), FigureFile.Json);
    }

    private static void PrintFigures(List<Series> figures)
    {
        if (figures.Count > 0)
        {
            Text.PrintTable(
                ["what", "value", "unit", "of rounds", "ceiling", "ratio", "of rounds", "goal", ""],
                figures.Select(s => new[]
                {
                    s.Name, Text.Number(s.Value), s.Unit, Text.Spread(s.Values, Text.Number), s.Ceiling is null ? "" : Text.Number(s.Ceiling),
                    s.Ratio is { } ratio ? Text.Ratio(ratio) : "", Text.Spread(s.Ratios, Text.Ratio), s.Goal?.Text ?? "", Met(s),
                }),
                rightAligned: [1, 4, 5]);
        }
    }

    private static void PrintProcessorTimes(List<Series> times)
    {
        if (times.Count > 0)
        {
            Text.PrintTable(
                ["processor time of one OTP, µs", .. Parts, "sum", "of rounds", "ratio", "goal", ""],
                times.Select(s => (string[])
                [
                    s.Name, .. Parts.Select(p => s.Parts!.TryGetValue(p, out var time) ? time.ToString("0", Text.Culture) : ""),
                    Text.Whole(s.Value), Text.Spread(s.Values, v => Text.Whole(v)),
                    s.Ratio is { } ratio ? Text.Ratio(ratio) : "", s.Goal?.Text ?? "", Met(s),
                ]),
                rightAligned: [1, 2, 3, 4, 5, 6, 8]);
        }
    }

    private static string Met(Series series) => series.IsMet switch { true => "met", false => "MISSED", _ => "" };
}
