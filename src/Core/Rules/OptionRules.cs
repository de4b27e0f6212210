using OtpPipeline.Core.Messages;

namespace OtpPipeline.Core.Rules;

/// <summary>Rules for what a request or an application may set; for configuration, admin API, REST and bus.</summary>
public static class OptionRules
{
    public const int MinFrom = 3;
    public const int MaxFrom = 15;
    public const int MaxTemplate = 1600;
    public const int MinPinLength = 4;
    public const int MaxPinLength = 10;
    public const int MinTtl = 60;
    public const int MaxTtl = 1800;
    public const int MinAttempts = 1;
    public const int MaxAttempts = 10;
    public const int MaxCallbackUrl = 2048;
    public const int MaxIdempotencyKey = 255;
    public const int MaxSteps = 6;
    public const int MinStepWait = 15;
    public const int MaxStepWait = 900;
    public const int MinAlphabet = 10;
    public const int MaxAlphabet = 36;

    // Characters that end a line or move within it.
    private const string Layout = "\t\n\f\r\u0085";

    public static readonly TextRule From = new(MinFrom, MaxFrom, $"must be null or {MinFrom} to {MaxFrom} characters", t => !HasControl(t));

    /// <summary>A template as text, with any placeholders.</summary>
    public static readonly TextRule TemplateText = new(
        1, MaxTemplate, $"must have at most {MaxTemplate} characters and no control characters", IsLines);

    public static readonly TextRule Template = new(
        1, MaxTemplate,
        $"must be null or a text of up to {MaxTemplate} characters with {MessageText.Placeholder};"
        + $" beside it there are {MessageText.OtherPlaceholders}",
        t => IsLines(t) && MessageText.HasPlaceholder(t) && !MessageText.HasUnknownPlaceholder(t));

    public static readonly NumberRule PinLength = new(MinPinLength, MaxPinLength);

    public static readonly TextRule PinAlphabet = new(
        MinAlphabet, MaxAlphabet, $"must be null or {MinAlphabet} to {MaxAlphabet} different characters of A to Z and 0 to 9",
        t => t.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c)) && t.Distinct().Count() == t.Length);

    /// <summary>Lifetime in seconds.</summary>
    public static readonly NumberRule Ttl = new(MinTtl, MaxTtl);

    public static readonly NumberRule Attempts = new(MinAttempts, MaxAttempts);

    /// <summary>Seconds that a step of a plan waits.</summary>
    public static readonly NumberRule StepWait = new(MinStepWait, MaxStepWait);

    /// <summary>Whether the text has more characters than this, as Unicode counts them: an emoji is one and not two.</summary>
    public static bool IsLonger(string text, int max) => text.Length > max && text.EnumerateRunes().Count() > max;

    public static bool HasControl(string text) => text.Any(char.IsControl);

    /// <summary>Whether its only control characters are line ends and tabs.</summary>
    public static bool IsLines(string text) => !text.Any(c => char.IsControl(c) && !Layout.Contains(c, StringComparison.Ordinal));
}
