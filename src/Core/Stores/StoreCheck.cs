namespace OtpPipeline.Core.Stores;

/// <summary>Returns why the pipeline cannot work with this database; null when it can.</summary>
public delegate Task<string?> StoreCheck(CancellationToken cancellationToken);
