using System.Text;
using OtpPipeline.Workers.Providers.Entries;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>Where a provider's credentials go: into a header, into the query, or nowhere.</summary>
internal sealed record HttpAuth((string Name, string Value)? Header, (string Name, string Value)? Query)
{
    private const string Authorization = "Authorization";

    public static HttpAuth Compile(HttpAuthOptions? options, EntryProblems problems)
    {
        if (options is null)
        {
            return new(null, null);
        }

        var password = EntryFiles.Value("Auth:Password", options.Password, options.PasswordFile, problems);
        var token = EntryFiles.Value("Auth:Token", options.Token, options.TokenFile, problems);
        switch (options.Scheme)
        {
            case "basic":
                Require("Auth:Username", options.Username, problems);
                Require("Auth:Password", password, problems);
                if (options.Username?.Contains(':', StringComparison.Ordinal) == true)
                {
                    problems.Add("Auth:Username", "may hold no colon.");
                }

                return new(
                    (Authorization, "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Username}:{password}"))), null);
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
