namespace OtpPipeline.Core.Stores;

/// <summary>The statement that bounds how long a session waits for locks; null behind a pooler, where the role bounds it.</summary>
public delegate string? LockTimeoutSql(int milliseconds);
