using System.Globalization;
using System.Text.Json;

namespace OtpPipeline.Benchmarks.Reporting;

/// <summary>All figures of a run: lines while it runs, a table at its end, JSON for machines.</summary>
internal sealed class Report
{
    private readonly List<Figure> _figures = [];

    public void Add(Figure figure)
    {
        _figures.Add(figure);
        var ratio = figure.Ratio is { } r ? $", {r:0.00} of {Number(figure.Ceiling)}" : "";
        Console.WriteLine(
            $"  => {figure.Name}: {Number(figure.Value)} {figure.Unit}{ratio}{(figure.Note is null ? "" : $" ({figure.Note})")}");
    }

    /// <summary>What an earlier phase measured; null where it did not.</summary>
    public double? ValueOf(string name) => _figures.Find(f => f.Name == name)?.Value;

    public void Print()
    {
        if (_figures.Count == 0)
        {
            return;
        }

        string[] head = ["what", "value", "unit", "ceiling", "ratio", "goal", ""];
        List<string[]> rows = [.. _figures.Select(Row)];
        var widths = head.Select((h, i) => Math.Max(h.Length, rows.Max(r => r[i].Length))).ToArray();
        Console.WriteLine();
        foreach (var row in rows.Prepend(head))
        {
            Console.WriteLine(
                "  " + string.Join("  ", row.Select((cell, i) => i is 1 or 3 or 4 ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i])))
                    .TrimEnd());
        }

        foreach (var noted in _figures.Where(f => f.Note is not null))
        {
            Console.WriteLine($"  {noted.Name}: {noted.Note}");
        }

        Console.WriteLine();
    }

    public async Task WriteJsonAsync(string file)
    {
        await using var stream = File.Create(file);
        await JsonSerializer.SerializeAsync(
            stream,
            new { figures = _figures.Select(f => new { name = f.Name, value = Rounded(f.Value), unit = f.Unit, ceiling = Rounded(f.Ceiling), ratio = Rounded(f.Ratio) }) },
            new JsonSerializerOptions { WriteIndented = true });
    }

    private static string[] Row(Figure f) =>
    [
        f.Name, Number(f.Value), f.Unit, f.Ceiling is null ? "" : Number(f.Ceiling),
        f.Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "",
        f.Goal?.Text ?? "", f.IsMet switch { true => "met", false => "MISSED", _ => "" },
    ];

    private static double? Rounded(double? value) => value is { } v ? Math.Round(v, 4) : null;

    private static string Number(double? value) => value switch
    {
        null => "-",
        < 100 => value.Value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("#,##0", CultureInfo.InvariantCulture),
    };
}
