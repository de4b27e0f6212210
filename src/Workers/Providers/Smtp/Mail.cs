namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>A message before it is written: addresses are of ASCII, names and texts of anything.</summary>
/// <param name="From">The sender's address.</param>
/// <param name="FromName">The sender's name; empty for none.</param>
/// <param name="To">The recipient's address.</param>
/// <param name="ReplyTo">Where answers go.</param>
/// <param name="Subject">The subject.</param>
/// <param name="Text">The text part.</param>
/// <param name="Html">The HTML part.</param>
/// <param name="MessageId">With its angle brackets.</param>
/// <param name="Boundary">Between the parts; no text can hold it.</param>
/// <param name="Date">When it was written.</param>
internal sealed record Mail(
    string From, string FromName, string To, string? ReplyTo, string Subject, string Text, string? Html, string MessageId, string Boundary, DateTimeOffset Date)
{
    /// <summary>Prints nothing of the message.</summary>
    public override string ToString() => MessageId;
}
