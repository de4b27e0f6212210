namespace OtpPipeline.Core.Deliveries.Providers;

/// <summary>What the workers and the operators tell each other about providers, in one database.</summary>
public interface IProviderStore
{
    /// <summary>Stores this process's readings, claims tests of its providers, and reads what operators set. One round trip.</summary>
    Task<ProviderNews> ExchangeAsync(
        Guid processId, IReadOnlyDictionary<string, string> readings, CancellationToken cancellationToken);

    /// <summary>Stores the result of a claimed test.</summary>
    Task AnswerAsync(Guid testId, string result, CancellationToken cancellationToken);

    /// <summary>Pauses a provider or resumes it.</summary>
    Task PauseAsync(string provider, bool paused, CancellationToken cancellationToken);

    /// <summary>Sets a provider's weight; null for that of its route.</summary>
    Task WeighAsync(string provider, int? weight, CancellationToken cancellationToken);

    /// <summary>Stores a test for a worker.</summary>
    Task RequestTestAsync(Guid testId, string provider, byte[] message, CancellationToken cancellationToken);

    /// <summary>Deletes a test; a worker that has not claimed it sends nothing.</summary>
    Task ForgetTestAsync(Guid testId, CancellationToken cancellationToken);
}

/// <summary>What a worker learns.</summary>
/// <param name="Settings">By provider.</param>
/// <param name="Tests">Tests to run; no other process has them.</param>
public sealed record ProviderNews(
    IReadOnlyDictionary<string, (bool Paused, int? Weight, DateTime UpdatedAt)> Settings, IReadOnlyList<(Guid Id, string Provider, byte[] Message)> Tests);
