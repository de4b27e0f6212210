namespace OtpPipeline.Core.Applications.Lookup;

/// <summary>The client of a request, from its API key or access token.</summary>
/// <param name="Application">The client's application.</param>
/// <param name="KeyId">Id of the API key or of the token client.</param>
/// <param name="Scopes">The allowed scopes.</param>
public sealed record Caller(Application Application, Guid KeyId, IReadOnlyList<string> Scopes)
{
    /// <summary>The id that requests are counted under: the application's, unless they are counted apart.</summary>
    public Guid CountedAs { get; init; } = Application.Id;
}
