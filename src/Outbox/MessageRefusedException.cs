namespace OtpPipeline.Outbox;

/// <summary>The broker is there and refused the message.</summary>
public sealed class MessageRefusedException(Exception refusal) : Exception("The broker refused the message.", refusal);
