namespace OtpPipeline.Core.Sandbox;

/// <summary>What the sandbox provider would have sent; kept for 15 minutes.</summary>
public sealed class SandboxMessage
{
    public required Guid Id { get; init; }

    public required Guid ApplicationId { get; init; }

    public required byte[] RecipientHash { get; init; }

    /// <summary><see cref="SandboxContent"/>, encrypted.</summary>
    public required byte[] Content { get; init; }

    public DateTime SentAt { get; init; }
}

/// <summary>The readable part of a <see cref="SandboxMessage"/>.</summary>
public sealed record SandboxContent(string Channel, string Recipient, string Text, string Pin)
{
    /// <summary>Prints nothing of it.</summary>
    public override string ToString() => nameof(SandboxContent);
}
