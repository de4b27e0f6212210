namespace OtpPipeline.Core.Sandbox;

/// <summary>Where the sandbox keeps what it would have sent.</summary>
public interface ISandboxStore
{
    /// <summary>Stores all of them, in one commit.</summary>
    Task InsertAsync(IReadOnlyCollection<SandboxMessage> messages, CancellationToken cancellationToken);
}
