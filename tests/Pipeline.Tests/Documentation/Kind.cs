using OtpPipeline.Pipeline.Tests.Harness;

namespace OtpPipeline.Pipeline.Tests.Documentation;

/// <summary>How an example is tested.</summary>
internal enum Kind
{
    /// <summary>None of the others: such an example fails the test.</summary>
    Unknown,

    /// <summary>Its commands run in a shell, and their answers are held against those shown.</summary>
    Shell,

    /// <summary>It runs as a script.</summary>
    Python,

    /// <summary>It runs as a script of node.</summary>
    Node,

    /// <summary>A test holds the same lines and runs them.</summary>
    DotNet,

    /// <summary>A host starts with it.</summary>
    Configuration,

    /// <summary>Its keys are held against those that the hosts read.</summary>
    Compose,

    /// <summary>Its statements run in a transaction that is rolled back.</summary>
    Sql,

    /// <summary>Its statements are read by Microsoft's parser.</summary>
    TransactSql,

    /// <summary>What arrives somewhere is held against it.</summary>
    Shown,

    /// <summary>Elsewhere says why.</summary>
    Elsewhere,
}

internal static class Kinds
{
    private static readonly string Source = Squeezed(string.Concat(Directory
        .EnumerateFiles(Repository.At("tests", "Pipeline.Tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)));

    /// <summary>
    /// Every example of a page with its kind, in the page's order: a shell's functions are known from their definition on.
    /// </summary>
    public static IEnumerable<(Example Example, Kind Kind)> From(string page)
    {
        var shell = new ShellExample();
        foreach (var example in Example.From(page))
        {
            yield return (example, From(example, shell));
        }
    }

    private static Kind From(Example example, ShellExample shell)
    {
        if (Elsewhere.Reason(example) is not null)
        {
            return Kind.Elsewhere;
        }

        if (example.IsConfiguration)
        {
            return Kind.Configuration;
        }

        if (shell.IsShell(example))
        {
            _ = shell.Steps(example).Count();
            return Kind.Shell;
        }

        return example switch
        {
            { IsPython: true } => Kind.Python,
            { First: "services:" } => Kind.Compose,
            { IsTransactSql: true } => Kind.TransactSql,
            { IsSql: true } => Kind.Sql,
            _ when example.First.Contains("require('", StringComparison.Ordinal) => Kind.Node,
            _ when The_examples.IsShownElsewhere(example) => Kind.Shown,
            _ when IsInATest(example) => Kind.DotNet,
            _ => Kind.Unknown,
        };
    }

    private static bool IsInATest(Example example) => example.Text.Contains(';', StringComparison.Ordinal)
        && example.Text.Split("\n\n").All(part => Source.Contains(Squeezed(part), StringComparison.Ordinal));

    private static string Squeezed(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
