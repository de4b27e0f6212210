using System.Text.RegularExpressions;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Architecture;

/// <summary>A test is found from its source: src/X/A/B.cs is tested in tests/X.Tests/A.</summary>
public partial class The_folders_of_the_tests
{
    /// <summary>Folders without a twin in src, and why.</summary>
    private static readonly Dictionary<string, string> Own = new(StringComparer.Ordinal)
    {
        ["Core.Tests/Benchmarks"] = "what ./bench computes from its rounds",
        ["Pipeline.Tests/Architecture"] = "tests of the source itself",
        ["Pipeline.Tests/Deployment"] = "tests of the Dockerfile, compose.yaml, ./run and the operations page",
        ["Pipeline.Tests/Harness"] = "what the tests of the whole pipeline share",
        ["Pipeline.Tests/Storage/SqlServer"] = "tests of the project Storage.SqlServer, which need no server",
        ["Pipeline.Tests/Promises"] = "what the whole pipeline promises, whichever folder keeps it",
    };

    private const string Suite = "Storage.Suite";

    public static TheoryData<string> Projects { get; } = [
        Suite, .. Directory.GetDirectories(Repository.At("tests"), "*.Tests").Select(f => Path.GetFileName(f)!)
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Are_those_of_the_source(string project) =>
        Sources(project)
            .Select(f => Path.GetDirectoryName(f)!)
            .Distinct(StringComparer.Ordinal)
            .Where(f => !Own.ContainsKey(f) && !IsInTheSource(project, Path.GetRelativePath(project, f)))
            .ShouldBeEmpty($"src has no such folder; move the tests, or name the folder and the reason in {nameof(Own)}");

    [Theory]
    [MemberData(nameof(Projects))]
    public void Are_named_as_the_namespaces_of_their_files(string project) =>
        Sources(project)
            .Select(f => (Path: f, Declared: DeclaredNamespace().Match(File.ReadAllText(Repository.At("tests", f))).Groups["name"].Value))
            .Where(f => f.Declared.Length > 0 && f.Declared != $"OtpPipeline.{Path.GetDirectoryName(f.Path)!.Replace('/', '.')}")
            .Select(f => $"{f.Path} declares {f.Declared}")
            .ShouldBeEmpty();

    /// <summary>What a second project needs goes to tests/Shared.</summary>
    [Fact]
    public void Hold_one_copy_of_each_helper() =>
        (from project in Directory.GetDirectories(Repository.At("tests")).Select(p => Path.GetFileName(p)!)
         from source in Sources(project)
         from Match type in DeclaredType().Matches(File.ReadAllText(Repository.At("tests", source)))
         group source by type.Groups["name"].Value into copies
         where copies.Distinct(StringComparer.Ordinal).Count() > 1 && !copies.Key.Contains('_')
         select $"{copies.Key} in {string.Join(" and ", copies)}")
        .ShouldBeEmpty();

    [Fact]
    public void Without_a_twin_still_exist() => Own.Keys.Where(f => !Directory.Exists(Repository.At("tests", f))).ShouldBeEmpty();

    /// <summary>
    /// A project that no test project is named for has a folder in one; the tests of the pipeline and of storage are of any project.
    /// </summary>
    private static bool IsInTheSource(string project, string folder)
    {
        var path = folder.Split('/');
        path = path[^1] == "Support" ? path[..^1] : path;
        var ofThis = Path.GetFileNameWithoutExtension(project);
        return project is Suite or "Pipeline.Tests"
            ? Directory.GetDirectories(Repository.At("src")).Any(p => HasSource([p, .. path]))
            : HasSource(["src", ofThis, .. path])
                || (path.Length > 0 && !Directory.Exists(Repository.At("tests", path[0] + ".Tests")) && HasSource(["src", .. path]));
    }

    private static bool HasSource(string[] folder) =>
        Directory.Exists(Repository.At(folder))
            && Directory.EnumerateFiles(Repository.At(folder), "*.cs", SearchOption.AllDirectories).Any();

    private static IEnumerable<string> Sources(string project) =>
        from path in Directory.EnumerateFiles(Repository.At("tests", project), "*.cs", SearchOption.AllDirectories)
        let relative = Path.GetRelativePath(Repository.At("tests"), path)
        where !relative.Split('/').Any(f => f is "bin" or "obj" or "node_modules")
        select relative;

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline, 1000)]
    private static partial Regex DeclaredNamespace();

    /// <summary>Not nested in another; the names of test classes have underscores.</summary>
    [GeneratedRegex(
        @"^(public|internal)( static| sealed| abstract| partial| readonly)* (class|record struct|record|struct|interface|enum) (?<name>\w+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DeclaredType();
}
