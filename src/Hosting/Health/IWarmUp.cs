namespace OtpPipeline.Hosting.Health;

/// <summary>What a host does once before it says that it is ready.</summary>
public interface IWarmUp
{
    /// <summary>Returns when it is done, at once after the first time; throws where it could not be done yet.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
