namespace OtpPipeline.Core.Sandbox;

/// <summary>A message that the sandbox would have sent; stored for 15 minutes by default.</summary>
public sealed class SandboxMessage
{
    public required Guid Id { get; init; }

    public required Guid ApplicationId { get; init; }

    /// <summary>Of an OTP that a test key requested.</summary>
    public bool IsTest { get; init; }

    public required byte[] RecipientHash { get; init; }

    /// <summary><see cref="SandboxContent"/>, encrypted.</summary>
    public required byte[] Content { get; init; }

    public DateTime SentAt { get; init; }
}

/// <summary>The readable part of a <see cref="SandboxMessage"/>.</summary>
public sealed record SandboxContent(string Channel, string Recipient, string Text, string Pin)
{
    /// <summary>Prints the type name only.</summary>
    public override string ToString() => nameof(SandboxContent);
}
