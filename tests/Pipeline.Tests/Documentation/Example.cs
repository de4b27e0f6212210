using System.Text.RegularExpressions;
using OtpPipeline.Pipeline.Tests.Harness;

namespace OtpPipeline.Pipeline.Tests.Documentation;

/// <summary>One indented or fenced block of a page, and the heading of the second level above it.</summary>
internal sealed partial record Example(string Page, int Line, IReadOnlyList<string> Lines, string Section)
{
    public string First => Lines[0].Trim();

    public string Text => string.Join('\n', Lines);

    /// <summary>Every key, with its value without quotes and without the comment behind it.</summary>
    public IEnumerable<KeyValuePair<string, string>> Settings => Lines.Where(l => l.Length > 0).Select(l =>
    {
        var parts = Comment().Replace(l, "").Split('=', 2);
        return KeyValuePair.Create(parts[0], parts[1].Trim().Trim('"'));
    });

    /// <summary>Lines of the form Section__Key=value and nothing else.</summary>
    public bool IsConfiguration => Lines.All(l => l.Length == 0 || Setting().IsMatch(l));

    public bool IsPython => PythonImport().IsMatch(First);

    public bool IsSql => First.EndsWith(';') && SqlVerb().IsMatch(First);

    public bool IsTransactSql => IsSql && Section == "SQL Server";

    public static IEnumerable<string> Pages => Directory
        .EnumerateFiles(Repository.At("docs"), "*.md", SearchOption.AllDirectories)
        .Append(Repository.At("README.md"))
        .Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    public static IReadOnlyList<Example> All { get; } = [.. Pages.SelectMany(From)];

    public static IEnumerable<Example> From(string page) => From(page, Repository.Read(page).Split('\n'));

    /// <summary>Blocks between fences, and blocks of four spaces after an empty line; an empty line does not end one.</summary>
    internal static IEnumerable<Example> From(string page, string[] lines)
    {
        var section = "";
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("## ", StringComparison.Ordinal))
            {
                section = lines[i][3..];
            }
            else if (lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                var end = Array.FindIndex(lines, i + 1, l => l.TrimStart().StartsWith("```", StringComparison.Ordinal));
                yield return new(page, i + 2, Trimmed(lines[(i + 1)..end]), section);
                i = end;
            }
            else if (IsIndented(lines[i]) && (i == 0 || lines[i - 1].Length == 0))
            {
                var end = i;
                while (end < lines.Length && (IsIndented(lines[end]) || lines[end].Length == 0))
                {
                    end++;
                }

                yield return new(page, i + 1, Trimmed(lines[i..end]), section);
                i = end - 1;
            }
        }
    }

    public override string ToString() => $"{Page}:{Line}: {First}";

    private static bool IsIndented(string line) => line.StartsWith("    ", StringComparison.Ordinal);

    private static List<string> Trimmed(string[] lines)
    {
        var block = lines.Select(l => IsIndented(l) ? l[4..] : l).ToList();
        while (block.Count > 1 && block[^1].Length == 0)
        {
            block.RemoveAt(block.Count - 1);
        }

        return block;
    }

    [GeneratedRegex(@"^([A-Za-z][A-Za-z0-9]*(__[\w.-]+)+|HTTP_AUTH_[A-Z]+)=", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Setting();

    [GeneratedRegex(@"\s+# .*$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Comment();

    [GeneratedRegex("^(ALTER|CREATE|GRANT|UPDATE|SELECT) ", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SqlVerb();

    [GeneratedRegex(@"^(import|from) \w", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PythonImport();
}
