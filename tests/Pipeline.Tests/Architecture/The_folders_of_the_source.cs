using System.Text.RegularExpressions;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Architecture;

/// <summary>Each folder can be read without those above it.</summary>
public partial class The_folders_of_the_source
{
    private const int MostFiles = 15;

    public static TheoryData<string> Projects { get; } = [.. All];

    private static IEnumerable<string> All =>
        Directory.GetDirectories(Repository.At("src")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Projects))]
    public void Never_use_each_other_in_a_circle(string project)
    {
        var arrows = CompiledArrows.Read(Repository.Assembly(project));

        var circles = arrows.Where(a => Reaches(arrows.Keys, a.Key.To, a.Key.From)).Select(a => $"{a.Key.From} -> {a.Key.To}: {a.Value}");

        circles.Order(StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Are_named_as_the_namespaces_of_their_files(string project) =>
        Sources(project)
            .Where(f => f.Namespace is { } declared && !string.Equals(declared, NamespaceOf(f.Path), StringComparison.Ordinal))
            .Select(f => $"{Relative(f.Path)} declares {f.Namespace}")
            .ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Projects))]
    public void Hold_at_most_15_files(string project) =>
        Sources(project)
            .GroupBy(f => Path.GetDirectoryName(f.Path)!, StringComparer.Ordinal)
            .Where(g => g.Count() > MostFiles)
            .Select(g => $"{Relative(g.Key)}: {g.Count()} files")
            .ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Projects))]
    public void Hold_files_that_are_named_for_a_type_in_them(string project) =>
        Sources(project)
            .Where(f => f.Namespace is not null && !Declares(f.Text, Path.GetFileNameWithoutExtension(f.Path)))
            .Select(f => Relative(f.Path))
            .ShouldBeEmpty();

    private static bool Reaches(IEnumerable<(string From, string To)> arrows, string from, string to)
    {
        var next = arrows.ToLookup(a => a.From, a => a.To, StringComparer.Ordinal);
        HashSet<string> seen = [from];
        Stack<string> open = new(seen);
        while (open.TryPop(out var current))
        {
            foreach (var further in next[current].Where(seen.Add))
            {
                open.Push(further);
            }
        }

        return seen.Contains(to);
    }

    private static IEnumerable<(string Path, string Text, string? Namespace)> Sources(string project) =>
        from path in Directory.EnumerateFiles(Repository.At("src", project), "*.cs", SearchOption.AllDirectories)
        where !Relative(path).Split('/').Any(f => f is "bin" or "obj" or "Migrations")
        let text = File.ReadAllText(path)
        select (path, text, DeclaredNamespace().Match(text) is { Success: true } match ? match.Groups["name"].Value : null);

    private static string NamespaceOf(string path) => "OtpPipeline." + Path.GetDirectoryName(Relative(path))!.Replace('/', '.');

    private static string Relative(string path) => Path.GetRelativePath(Repository.At("src"), path);

    private static bool Declares(string text, string type) =>
        Regex.IsMatch(
            text, $@"^[a-z ]*\b(class|record|struct|interface|enum|delegate [\w<>?]+) {type}\b", RegexOptions.Multiline,
            TimeSpan.FromSeconds(1));

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline, 1000)]
    private static partial Regex DeclaredNamespace();
}
