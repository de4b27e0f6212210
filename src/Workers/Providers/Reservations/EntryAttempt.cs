namespace OtpPipeline.Workers.Providers.Reservations;

/// <summary>The answer to a request for a place at one provider.</summary>
/// <param name="Place">The place; null without one.</param>
/// <param name="Wait">When to ask again.</param>
/// <param name="IsFull">It works, and only has no place now.</param>
internal readonly record struct EntryAttempt(ProviderPlace? Place, TimeSpan Wait, bool IsFull);
