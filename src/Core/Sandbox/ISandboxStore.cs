namespace OtpPipeline.Core.Sandbox;

/// <summary>Stores what the sandbox would have sent and what its subscriber received.</summary>
public interface ISandboxStore
{
    /// <summary>Stores all messages in one commit.</summary>
    Task InsertAsync(IReadOnlyCollection<SandboxMessage> messages, CancellationToken cancellationToken);

    /// <summary>Stores a callback that the sandbox's own subscriber received, at the database's time.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="otpId">The OTP that it reports.</param>
    /// <param name="content">Encrypted <see cref="SandboxCallbackContent"/>.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    Task InsertCallbackAsync(Guid id, Guid otpId, byte[] content, CancellationToken cancellationToken);
}
