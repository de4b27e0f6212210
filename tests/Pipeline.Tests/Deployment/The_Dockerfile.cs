using System.IO.Enumeration;
using System.Text.Json;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Deployment;

/// <summary>Its build stage is done by hand in an empty folder: no container engine is needed for that.</summary>
public sealed class The_Dockerfile
{
    private static readonly string[] Lines = Repository.Read("Dockerfile").Split('\n');

    /// <summary>What is copied from the checkout.</summary>
    private static readonly string[] Copied =
        [.. Lines.Where(
            l => l.StartsWith("COPY ", StringComparison.Ordinal)
                && !l.Contains("--from", StringComparison.Ordinal)).SelectMany(l => l.Split(' ')[1..^1])];

    [Fact]
    public void Copies_only_what_is_there_and_not_ignored()
    {
        Copied.ShouldNotBeEmpty();
        var admitted = Repository.Read(".dockerignore").Split('\n').Where(l => l.StartsWith('!')).Select(l => l[1..].Trim()).ToArray();
        foreach (var path in Copied)
        {
            Path.Exists(Repository.At(path)).ShouldBeTrue($"{path} is not there");
            admitted.ShouldContain(
                a => FileSystemName.MatchesSimpleExpression(a, path.TrimEnd('/'), ignoreCase: false), $".dockerignore leaves {path} out");
        }
    }

    [Fact]
    public void Ends_in_an_image_a_host_that_is_not_root_and_asks_itself_for_its_health()
    {
        var stages = string.Join('\n', Lines).Split("\nFROM ").Skip(1)
            .ToDictionary(s => s.Split('\n')[0].Split(" AS ")[1], StringComparer.Ordinal);
        stages["host"].ShouldContain("USER $APP_UID");
        foreach (var (stage, host) in new[] { ("api", "Api"), ("workers", "Workers") })
        {
            stages[stage].ShouldStartWith("host AS ");
            stages[stage].ShouldContain($"ENTRYPOINT [\"dotnet\", \"OtpPipeline.{host}.dll\"]");
            stages[stage].ShouldContain($"CMD [\"dotnet\", \"OtpPipeline.{host}.dll\", \"--health\"]");
        }
    }

    [Theory]
    [InlineData("Api")]
    [InlineData("Workers")]
    public async Task Copies_every_file_that_a_host_is_made_of(string host)
    {
        var projects = new HashSet<string>(StringComparer.Ordinal);
        var files = await FilesOfAsync(Repository.At("src", host, $"{host}.csproj"), projects);

        projects.Count.ShouldBeGreaterThan(4);
        files.Count.ShouldBeGreaterThan(100);
        files.Select(f => Path.GetRelativePath(Repository.Root, f))
            .Where(f => !f.StartsWith("..", StringComparison.Ordinal) && !f.Contains("/obj/", StringComparison.Ordinal))
            .Where(f => !Copied.Any(c => f == c || f.StartsWith($"{c.TrimEnd('/')}/", StringComparison.Ordinal)))
            .ShouldBeEmpty();
    }

    /// <summary>Compiling both hosts once more takes a minute, so only --long does it.</summary>
    [Fact]
    public async Task Publishes_both_hosts_from_nothing_but_what_it_copies()
    {
        Assert.SkipUnless(Load.IsLong, "Compiles both hosts once more; ./test --long does it.");
        var folder = Directory.CreateTempSubdirectory("otp-image-");
        try
        {
            foreach (var path in Copied)
            {
                Copy(Repository.At(path), Path.Combine(folder.FullName, path));
            }

            foreach (var command in Lines.Where(l => l.StartsWith("RUN ", StringComparison.Ordinal)).Select(l => l["RUN ".Length..]))
            {
                // The build's own processes must not outlive it, nor its output reach the root of this machine.
                var here = command.Replace(" /publish/", $" {folder.FullName}/publish/", StringComparison.Ordinal);
                await Repository.RunAsync("sh", folder.FullName, "-c", $"{here} -nodeReuse:false -p:UseSharedCompilation=false");
            }

            File.Exists(Path.Combine(folder.FullName, "publish", "api", "OtpPipeline.Api.dll")).ShouldBeTrue();
            File.Exists(Path.Combine(folder.FullName, "publish", "api", "appsettings.json")).ShouldBeTrue();
            File.Exists(Path.Combine(folder.FullName, "publish", "workers", "OtpPipeline.Workers.dll")).ShouldBeTrue();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What MSBuild reads for a project and the projects that it references.</summary>
    private static async Task<List<string>> FilesOfAsync(string project, HashSet<string> seen)
    {
        if (!seen.Add(project))
        {
            return [];
        }

        string[] items = ["Compile", "EmbeddedResource", "Content", "AdditionalFiles", "ProjectReference"];
        string[] imports = ["DirectoryBuildPropsPath", "DirectoryBuildTargetsPath", "DirectoryPackagesPropsPath"];
        var evaluated = JsonDocument.Parse(await Repository.RunAsync(
            "dotnet",
            Repository.Root,
            [
                "msbuild", project, "-nologo", "-nodeReuse:false", "-p:Configuration=Release", .. items.Select(i => $"-getItem:{i}"),
                .. imports.Select(i => $"-getProperty:{i}"),
            ])).RootElement;
        List<string> files =
        [
            project,
            .. evaluated.GetProperty("Properties").EnumerateObject().Select(p => p.Value.GetString()!),
            .. evaluated.GetProperty("Items").EnumerateObject().Where(i => i.Name != "ProjectReference").SelectMany(Paths),
        ];
        foreach (var reference in Paths(evaluated.GetProperty("Items").EnumerateObject().Single(i => i.Name == "ProjectReference")))
        {
            files.AddRange(await FilesOfAsync(reference, seen));
        }

        return files;
    }

    private static IEnumerable<string> Paths(JsonProperty items) =>
        items.Value.EnumerateArray().Select(i => i.GetProperty("FullPath").GetString()!);

    /// <summary>Without what .dockerignore leaves out: the output of a build on this machine.</summary>
    private static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to);
            return;
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(from).Where(e => Path.GetFileName(e) is not ("bin" or "obj")))
        {
            Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
        }
    }
}
