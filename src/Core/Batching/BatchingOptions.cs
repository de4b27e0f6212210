using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Core.Batching;

/// <summary>Section <c>Batching</c>: how concurrent requests share commits.</summary>
public sealed class BatchingOptions
{
    public const string Section = "Batching";

    /// <summary>Concurrent batches of each kind in one process, while one is held up. 1 to 32; default 2.</summary>
    [Range(1, 32)]
    public int Writers { get; set; } = 2;

    /// <summary>Maximum rows in one batch. 1 to 1000; default 200.</summary>
    [Range(1, 1000)]
    public int MaxBatch { get; set; } = 200;
}
