using System.Globalization;

namespace OtpPipeline.Benchmarks.Reporting;

/// <summary>Numbers and tables on the console.</summary>
internal static class Text
{
    public static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static string Number(double? value) => value switch
    {
        null => "-",
        < 100 => value.Value.ToString("0.0", Culture),
        _ => Whole(value),
    };

    public static string Number(double value) => Number((double?)value);

    public static string Whole(double? value) => value?.ToString("#,##0", Culture) ?? "-";

    public static string Ratio(double ratio) => ratio.ToString("0.00", Culture);

    /// <summary>The least and the greatest of several rounds; empty for one.</summary>
    public static string Spread(IReadOnlyList<double> values, Func<double, string> text) =>
        values.Count < 2 ? "" : $"{text(values.Min())} to {text(values.Max())}";

    public static void PrintTable(string[] head, IEnumerable<string[]> body, int[] rightAligned)
    {
        List<string[]> rows = [.. body];
        var widths = head.Select((h, i) => Math.Max(h.Length, rows.Max(r => r[i].Length))).ToArray();
        Console.WriteLine();
        foreach (var row in rows.Prepend(head))
        {
            var cells = row.Select((cell, i) => rightAligned.Contains(i) ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            Console.WriteLine($"  {string.Join("  ", cells)}".TrimEnd());
        }

        Console.WriteLine();
    }
}
