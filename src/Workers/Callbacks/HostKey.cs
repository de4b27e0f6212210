namespace OtpPipeline.Workers.Callbacks;

/// <summary>One host of one application; each has a queue, a concurrency limit and a circuit breaker.</summary>
/// <remarks>Has the scheme: a dead TLS port says nothing about plain HTTP, nor one application's failures about another's.</remarks>
public readonly record struct HostKey(Guid ApplicationId, string Scheme, string Host, int Port)
{
    /// <summary>Creates a key; "example.com." and "example.com" are the same host.</summary>
    public static HostKey From(Guid applicationId, Uri url) => new(applicationId, url.Scheme, url.IdnHost.TrimEnd('.'), url.Port);

    /// <summary>The host in log form.</summary>
    public override string ToString() => $"{Scheme}://{Host}:{Port}";
}
