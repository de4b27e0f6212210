namespace OtpPipeline.Hosting.Health;

/// <summary>Work that a host does once before it reports ready.</summary>
public interface IWarmUp
{
    /// <summary>Returns when the work is done, at once after the first time; throws where it could not be done yet.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
