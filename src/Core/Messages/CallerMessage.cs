namespace OtpPipeline.Core.Messages;

/// <summary>A text that the caller wrote, with the PIN in it: a secret like the PIN.</summary>
/// <param name="Text">The text part.</param>
/// <param name="Subject">Of an e-mail; null for the provider's.</param>
/// <param name="Html">The HTML part of an e-mail; null for none.</param>
public sealed record CallerMessage(string Text, string? Subject = null, string? Html = null)
{
    /// <summary>Prints nothing of it.</summary>
    public override string ToString() => nameof(CallerMessage);
}
