using System.Text.RegularExpressions;

namespace OtpPipeline.Pipeline.Tests.Documentation;

/// <summary>A command of an example, and the answer that the page shows for it, if any.</summary>
internal sealed record ShellStep(string Command, string Shown)
{
    /// <summary>What follows a pause may need longer than the page says, on a machine that is busy.</summary>
    public bool IsPause => Command.StartsWith("sleep ", StringComparison.Ordinal);
}

/// <summary>Tells the commands of a page's example from the answers below them.</summary>
internal sealed partial class ShellExample
{
    private static readonly string[] Programs =
        [".", "curl", "echo", "sleep", "export", "until", "while", "for", "if", "/usr/bin/python3", "python3", "node"];

    /// <summary>Functions that the page defined so far are commands too.</summary>
    private readonly HashSet<string> _functions = new(StringComparer.Ordinal);

    public bool IsShell(Example example) => IsCommand(example.First);

    public IEnumerable<ShellStep> Steps(Example example)
    {
        var command = "";
        var shown = new List<string>();
        foreach (var line in example.Lines)
        {
            if (command.Length > 0 && IsOpen(command))
            {
                command += "\n" + line;
                continue;
            }

            if (!IsCommand(line))
            {
                shown.Add(line);
                continue;
            }

            if (command.Length > 0)
            {
                yield return new(command, string.Join('\n', shown));
            }

            (command, shown) = (line, []);
            if (Definition().Match(line) is { Success: true } definition)
            {
                _functions.Add(definition.Groups["name"].Value);
            }
        }

        yield return new(command, string.Join('\n', shown));
    }

    private bool IsCommand(string line)
    {
        var word = line.Split(' ', 2)[0];
        return Programs.Contains(word) || _functions.Contains(word) || Definition().IsMatch(line) || Assignment().IsMatch(line);
    }

    /// <summary>A quote is open, or a backslash or a pipe ends the last line.</summary>
    private static bool IsOpen(string command)
    {
        char? quote = null;
        for (var i = 0; i < command.Length; i++)
        {
            var c = command[i];
            if (c == '\\' && quote != '\'')
            {
                i++;
            }
            else if (c == quote)
            {
                quote = null;
            }
            else if (quote is null && c is '\'' or '"')
            {
                quote ??= c;
            }
        }

        return quote is not null || command.EndsWith('\\') || command.EndsWith('|') || command.EndsWith("&&", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^(?<name>[a-z][a-z0-9_]*)\(\) \{", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Definition();

    [GeneratedRegex("^[A-Z][A-Z0-9_]*=", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Assignment();
}
