using System.Globalization;

namespace OtpPipeline.Benchmarks.Processor;

/// <summary>What /proc/PID/stat tells of a process, times in clock ticks.</summary>
/// <param name="Id">The process.</param>
/// <param name="Parent">Its parent.</param>
/// <param name="Own">User and system time of the process itself.</param>
/// <param name="OfEnded">The same of its children that ended and were waited for, with theirs.</param>
internal readonly record struct ProcessStat(int Id, int Parent, long Own, long OfEnded)
{
    /// <summary>USER_HZ, which is the same on every architecture that .NET runs on.</summary>
    public const int TicksPerSecond = 100;

    /// <summary>Reads one line of the file.</summary>
    public static ProcessStat Parse(string line)
    {
        // The program's name is in parentheses and may itself contain spaces and parentheses.
        var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        return new(
            int.Parse(line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture),
            (int)Number(1), Number(11) + Number(12), Number(13) + Number(14));

        long Number(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture);
    }

    /// <summary>All processes of the machine. One that ends meanwhile is left out.</summary>
    public static IReadOnlyList<ProcessStat> ReadAll()
    {
        var all = new List<ProcessStat>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (char.IsAsciiDigit(Path.GetFileName(folder)[0]) && Read(Path.Combine(folder, "stat")) is { } line)
            {
                all.Add(Parse(line));
            }
        }

        return all;
    }

    /// <summary>Ticks of a process with all its children, living and ended.</summary>
    public static long OfTree(IReadOnlyCollection<ProcessStat> all, int root)
    {
        var children = all.ToLookup(p => p.Parent);
        return all.Where(p => p.Id == root).Sum(Sum);

        long Sum(ProcessStat process) => process.Own + process.OfEnded + children[process.Id].Sum(Sum);
    }

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception ended) when (ended is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
