using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Deployment;

public sealed class The_operations_page
{
    private static readonly string[] Page = Repository.Read("docs", "operations.md").Split('\n');

    /// <summary>First cells of the table under "Every key", and the hosts beside them.</summary>
    private static Dictionary<string, string> Table => Page
        .SkipWhile(l => l != "## Every key")
        .Where(l => l.StartsWith("| `", StringComparison.Ordinal))
        .Select(l => l.Split('|', StringSplitOptions.TrimEntries))
        .ToDictionary(c => c[1].Trim('`'), c => c[2], StringComparer.Ordinal);

    [Theory]
    [InlineData("Api")]
    [InlineData("Workers")]
    public void Has_each_key_of_a_hosts_settings_with_its_default(string host)
    {
        var other = host == "Api" ? "Workers" : "Api";
        var table = Table;
        foreach (var (key, value) in KnownKeys.From(host))
        {
            var hosts = KnownKeys.From(other).ContainsKey(key) ? "both" : host;
            table.GetValueOrDefault(key).ShouldBe(hosts, $"docs/operations.md, \"Every key\": {key}");
            Page.ShouldContain(
                l =>
                    l.StartsWith($"| `{key}` |", StringComparison.Ordinal) && (
                        value.Length == 0 || l.Contains($" `{value}` |", StringComparison.Ordinal)),
                $"the default of {key} is {value}");
        }
    }

    [Fact]
    public void Has_no_key_that_no_host_reads()
    {
        Table.Count.ShouldBeGreaterThan(40);
        foreach (var key in Table.Keys)
        {
            KnownKeys.IsKnown(key).ShouldBeTrue($"docs/operations.md names {key}, which no host reads");
        }
    }

    [Fact]
    public void Names_metrics_and_log_lines_that_there_are()
    {
        var source = string.Concat(
            Directory.EnumerateFiles(Repository.At("src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var alarms = Page.SkipWhile(l => l != "## Alarms").TakeWhile(l => l != "## Every key").Where(l => l.StartsWith('|'))
            .Select(l => l.Split('|')[1]).ToArray();

        var metrics = alarms.SelectMany(a => a.Split('`').Where((_, i) => i % 2 == 1))
            .Where(m => m.StartsWith("otp.", StringComparison.Ordinal) || m.StartsWith("outbox.", StringComparison.Ordinal)).ToArray();
        metrics.ShouldNotBeEmpty();
        metrics.ShouldAllBe(m => source.Contains($"\"{m}\"", StringComparison.Ordinal));

        // Of a quoted line each part between the places that vary.
        var lines = alarms.SelectMany(a => a.Split('"').Where((_, i) => i % 2 == 1))
            .SelectMany(l => l.Split("...", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToArray();
        lines.ShouldNotBeEmpty();
        lines.ShouldAllBe(l => source.Contains(l, StringComparison.Ordinal));
    }
}
