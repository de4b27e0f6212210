namespace OtpPipeline.Core.Stores;

/// <summary>The statement that bounds how long a session waits for locks; null where a session has no settings of its own.</summary>
public delegate string? LockTimeoutSql(int milliseconds);
