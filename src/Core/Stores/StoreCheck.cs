namespace OtpPipeline.Core.Stores;

/// <summary>The sentence that says why the pipeline cannot work with this database; null where it can.</summary>
public delegate Task<string?> StoreCheck(CancellationToken cancellationToken);
