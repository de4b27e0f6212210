using System.Text.RegularExpressions;

namespace OtpPipeline.Core.Recipients;

/// <summary>A pattern over ASCII digits, anchored, built at its first use: most countries are never asked for.</summary>
internal sealed class NumberPattern
{
    private readonly string _pattern;
    private Regex? _regex;

    private NumberPattern(string pattern) => _pattern = pattern;

    // Two threads may build the same pattern at once; either result is right. RegexOptions.Compiled saves a microsecond a number
    // and costs up to 400 ms at the first number of a country.
    public Regex Regex => _regex ??= new Regex(_pattern, RegexOptions.CultureInvariant, Timeout);

    // The patterns have neither back-references nor open-ended repetition; the limit is for data of tomorrow.
    private static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(1);

    public static NumberPattern Whole(string pattern) => new($@"\A(?:{pattern})\z");

    public static NumberPattern Start(string pattern) => new($@"\A(?:{pattern})");
}
