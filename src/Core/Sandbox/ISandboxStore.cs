namespace OtpPipeline.Core.Sandbox;

/// <summary>Stores the messages that the sandbox would have sent.</summary>
public interface ISandboxStore
{
    /// <summary>Stores all messages in one commit.</summary>
    Task InsertAsync(IReadOnlyCollection<SandboxMessage> messages, CancellationToken cancellationToken);
}
