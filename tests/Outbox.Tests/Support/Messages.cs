namespace OtpPipeline.Outbox.Tests.Support;

public sealed record Ping(int Number, string? Text = null);

public sealed record Pong(int Number);
