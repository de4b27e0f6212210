namespace OtpPipeline.Core.Applications.Lookup;

/// <summary>Who makes a request, as its key or its access token says.</summary>
/// <param name="Application">The application that it speaks for.</param>
/// <param name="KeyId">The API key, or the token client.</param>
/// <param name="Scopes">What it may do.</param>
public sealed record Caller(Application Application, Guid KeyId, IReadOnlyList<string> Scopes)
{
    /// <summary>Whose requests are counted together: the application's, unless they come from somebody else.</summary>
    public Guid CountedAs { get; init; } = Application.Id;
}
