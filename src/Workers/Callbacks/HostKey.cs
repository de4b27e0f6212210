namespace OtpPipeline.Workers.Callbacks;

/// <summary>One host of one application: what has a queue, a concurrency limit and a circuit breaker.</summary>
/// <remarks>With the scheme: a dead TLS port says nothing of plain HTTP, and one application's failures nothing of another's.</remarks>
public readonly record struct HostKey(Guid ApplicationId, string Scheme, string Host, int Port)
{
    /// <summary>"example.com." is "example.com".</summary>
    public static HostKey From(Guid applicationId, Uri url) => new(applicationId, url.Scheme, url.IdnHost.TrimEnd('.'), url.Port);

    /// <summary>As a log shows it.</summary>
    public override string ToString() => $"{Scheme}://{Host}:{Port}";
}
