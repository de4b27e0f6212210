namespace OtpPipeline.Hosting.Bus.Messages;

/// <summary>A message that its queue does not accept. The reason names the kind of fault and quotes nothing of the body.</summary>
public sealed class UnreadableMessageException(string reason, Exception? inner = null) : Exception(reason, inner);
