using System.Text;
using OtpPipeline.Hosting.Providers.Entries;

namespace OtpPipeline.Workers.Providers.Http.Requests;

/// <summary>Where a provider's credentials go: into a header, into the query, or nowhere.</summary>
internal sealed record HttpAuth((string Name, string Value)? Header, (string Name, string Value)? Query)
{
    private const string Authorization = "Authorization";

    /// <param name="options">Null for no credentials.</param>
    /// <param name="fill">Fills in placeholders of settings, where the description is a preset's.</param>
    /// <param name="problems">Gets a sentence for each wrong key.</param>
    public static HttpAuth Compile(HttpAuthOptions? options, Func<string, string?, string?> fill, EntryProblems problems)
    {
        if (options is null)
        {
            return new(null, null);
        }

        var username = fill("Auth:Username", options.Username);
        var password = fill("Auth:Password", EntryFiles.Value("Auth:Password", options.Password, options.PasswordFile, problems));
        var token = fill("Auth:Token", EntryFiles.Value("Auth:Token", options.Token, options.TokenFile, problems));
        switch (options.Scheme)
        {
            case "basic":
                Require("Auth:Username", username, problems);
                Require("Auth:Password", password, problems);
                if (username?.Contains(':', StringComparison.Ordinal) == true)
                {
                    problems.Add("Auth:Username", "may hold no colon.");
                }

                return new(
                    (Authorization, "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"))), null);
            case "bearer":
                Require("Auth:Token", token, problems);
                return new((Authorization, $"Bearer {token}"), null);
            case "header":
                Require("Auth:Name", options.Name, problems);
                Require("Auth:Token", token, problems);
                return new((options.Name ?? Authorization, token ?? ""), null);
            case "query":
                Require("Auth:Name", options.Name, problems);
                Require("Auth:Token", token, problems);
                return new(null, (options.Name ?? "", token ?? ""));
            default:
                problems.Add("Auth:Scheme", "must be basic, bearer, query or header.");
                return new(null, null);
        }
    }

    /// <summary>Omits the secrets.</summary>
    public override string ToString() => nameof(HttpAuth);

    private static void Require(string key, string? value, EntryProblems problems)
    {
        if (string.IsNullOrEmpty(value))
        {
            problems.Add(key, "is missing.");
        }
    }
}
