using System.Globalization;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>A comma-separated list of statuses: "200", "4xx", "500-599".</summary>
internal sealed class StatusSet
{
    private const int Lowest = 100;
    private const int Highest = 599;
    private readonly List<(int From, int To)> _ranges;

    private StatusSet(List<(int From, int To)> ranges) => _ranges = ranges;

    /// <summary>Returns null if the text is not such a list.</summary>
    public static StatusSet? Parse(string text)
    {
        List<(int From, int To)> ranges = [];
        foreach (var item in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = item.Split('-', StringSplitOptions.TrimEntries);
            var hundreds = item.Length == 3 && item[0] is >= '1' and <= '5' && item.EndsWith("xx", StringComparison.OrdinalIgnoreCase);
            var range = hundreds
                ? (From: (item[0] - '0') * 100, To: (item[0] - '0') * 100 + 99)
                : (From: Number(ends[0]), To: Number(ends[^1]));
            if (ends.Length > 2 || range.From < Lowest || range.To > Highest || range.From > range.To)
            {
                return null;
            }

            ranges.Add(range);
        }

        return new(ranges);
    }

    public bool Contains(int status) => _ranges.Exists(r => status >= r.From && status <= r.To);

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
