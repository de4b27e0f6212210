namespace OtpPipeline.Outbox;

/// <summary>The broker is available but refused the message.</summary>
public sealed class MessageRefusedException(Exception refusal) : Exception("The broker refused the message.", refusal);
