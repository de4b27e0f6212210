namespace OtpPipeline.Benchmarks.Reporting;

/// <summary>A figure that two checkouts printed in each pair of runs.</summary>
/// <param name="Name">The figure, or one of its parts.</param>
/// <param name="Unit">Of the two medians.</param>
/// <param name="Other">Median of the other checkout.</param>
/// <param name="This">Median of this checkout.</param>
/// <param name="Ratios">This to the other, pair by pair.</param>
internal sealed record ComparedFigure(string Name, string Unit, double Other, double This, IReadOnlyList<double> Ratios);

/// <summary>Compares two checkouts that were measured alternately.</summary>
internal static class Comparison
{
    public const string Verb = "--compare";

    /// <summary>Only what all files have, and what is not zero in the other checkout.</summary>
    public static IReadOnlyList<ComparedFigure> Compare(IReadOnlyList<(FigureFile Other, FigureFile This)> pairs)
    {
        var read = pairs.Select(p => (Other: Flatten(p.Other), This: Flatten(p.This))).ToList();
        return
        [
            .. Flatten(pairs[0].This).Keys
                .Where(key => read.TrueForAll(p => p.This.ContainsKey(key) && p.Other.GetValueOrDefault(key) > 0))
                .Select(key => new ComparedFigure(
                    key.Name, key.Unit, Median.Of([.. read.Select(p => p.Other[key])])!.Value, Median.Of([.. read.Select(p => p.This[key])])!.Value,
                    [.. read.Select(p => p.This[key] / p.Other[key])])),
        ];
    }

    /// <summary>Files in pairs, the other checkout's first.</summary>
    public static void Print(IReadOnlyList<string> files)
    {
        var compared = Compare([.. files.Chunk(2).Select(pair => (FigureFile.Read(pair[0]), FigureFile.Read(pair[1])))]);
        var count = files.Count / 2;
        string[] head =
        [
            "what", "unit", "other", "this", .. Enumerable.Range(1, count).Select(i => $"pair {i}"), "median",
        ];
        Text.PrintTable(
            head,
            compared.Select(c => (string[])
            [
                c.Name, c.Unit, Number(c, c.Other), Number(c, c.This), .. c.Ratios.Select(Text.Ratio), Text.Ratio(Median.Of(c.Ratios)!.Value),
            ]),
            rightAligned: [.. Enumerable.Range(2, head.Length - 2)]);
    }

    private static string Number(ComparedFigure figure, double value) => figure.Unit.Length == 0 ? Text.Ratio(value) : Text.Number(value);

    private static Dictionary<(string Name, string Unit), double> Flatten(FigureFile file)
    {
        var values = new Dictionary<(string, string), double>();
        foreach (var row in file.Figures)
        {
            Add(row.Name, row.Unit, row.Value);
            Add($"{row.Name}, of its ceiling", "", row.Ratio);
            foreach (var part in row.Parts ?? new Dictionary<string, double>())
            {
                Add($"{row.Name}: {part.Key}", row.Unit, part.Value);
            }
        }

        return values;

        void Add(string name, string unit, double? value)
        {
            if (value is { } known)
            {
                values[(name, unit)] = known;
            }
        }
    }
}
