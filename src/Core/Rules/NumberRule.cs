namespace OtpPipeline.Core.Rules;

/// <summary>A whole number within limits.</summary>
public sealed record NumberRule(int Min, int Max)
{
    /// <summary>The error text for an invalid value.</summary>
    public string Expected => $"must be a whole number from {Min} to {Max}";

    public bool Allows(double number) => number >= Min && number <= Max;
}
