namespace OtpPipeline.Core.Rules;

/// <summary>A text within bounds.</summary>
/// <param name="Min">Fewest characters.</param>
/// <param name="Max">Most characters.</param>
/// <param name="Expected">What an error says of the value.</param>
/// <param name="IsValid">What else holds; null for nothing.</param>
public sealed record TextRule(int Min, int Max, string Expected, Func<string, bool>? IsValid = null)
{
    public TextRule(int min, int max)
        : this(min, max, $"must be a text of {min} to {max} characters")
    {
    }

    public bool Allows(string text) => text.Length >= Min && text.Length <= Max && IsValid?.Invoke(text) != false;
}
