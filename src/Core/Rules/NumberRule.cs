namespace OtpPipeline.Core.Rules;

/// <summary>A whole number within bounds.</summary>
public sealed record NumberRule(int Min, int Max)
{
    /// <summary>What an error says of the value.</summary>
    public string Expected => $"must be a whole number from {Min} to {Max}";

    public bool Allows(double number) => number >= Min && number <= Max;
}
