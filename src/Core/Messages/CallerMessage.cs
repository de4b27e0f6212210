namespace OtpPipeline.Core.Messages;

/// <summary>A message that the client wrote, including the PIN; as secret as the PIN.</summary>
/// <param name="Text">The text part.</param>
/// <param name="Subject">Subject of an e-mail; null for the provider's.</param>
/// <param name="Html">HTML part of an e-mail; null without one.</param>
public sealed record CallerMessage(string Text, string? Subject = null, string? Html = null)
{
    /// <summary>Prints the type name only.</summary>
    public override string ToString() => nameof(CallerMessage);
}
