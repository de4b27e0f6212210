namespace OtpPipeline.Hosting.Bus.Messages;

/// <summary>A message that is not what its queue takes. The reason names the kind of the fault and nothing of the body.</summary>
public sealed class UnreadableMessageException(string reason, Exception? inner = null) : Exception(reason, inner);
