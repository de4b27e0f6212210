namespace OtpPipeline.Core.Rules;

/// <summary>A text within length limits.</summary>
/// <param name="Min">Minimum characters.</param>
/// <param name="Max">Maximum characters.</param>
/// <param name="Expected">The error text for an invalid value.</param>
/// <param name="IsValid">A further check; null for none.</param>
public sealed record TextRule(int Min, int Max, string Expected, Func<string, bool>? IsValid = null)
{
    public TextRule(int min, int max)
        : this(min, max, $"must be a text of {min} to {max} characters")
    {
    }

    public bool Allows(string text) => text.Length >= Min && text.Length <= Max && IsValid?.Invoke(text) != false;
}
