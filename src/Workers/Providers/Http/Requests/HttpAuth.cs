using System.Text;
using OtpPipeline.Hosting.Providers.Entries;

namespace OtpPipeline.Workers.Providers.Http.Requests;

/// <summary>Where a provider's credentials go: into a header, into the query, into a signature of each request, or nowhere.</summary>
internal sealed record HttpAuth((string Name, string Value)? Header, (string Name, string Value)? Query, IRequestSigner? Signer = null)
{
    private const string Authorization = "Authorization";
    private const string Setting = "{{setting.";

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
            case "aws":
                return Aws(options, username, password, token, fill, problems);
            case "vonage-jwt":
                return Vonage(options, username, token, problems);
            default:
                problems.Add("Auth:Scheme", "must be aws, basic, bearer, header, query or vonage-jwt.");
                return new(null, null);
        }
    }

    /// <summary>Omits the secrets.</summary>
    public override string ToString() => nameof(HttpAuth);

    private static HttpAuth Aws(
        HttpAuthOptions options, string? keyId, string? secretKey, string? sessionToken, Func<string, string?, string?> fill,
        EntryProblems problems)
    {
        var region = fill("Auth:Region", options.Region);
        Require("Auth:Username", keyId, problems);
        Require("Auth:Password", secretKey, problems);
        Require("Auth:Region", region, problems);
        Require("Auth:Service", options.Service, problems);
        return new(
            null, null, new AwsRequestSigner(keyId ?? "", secretKey ?? "", sessionToken ?? "", region ?? "", options.Service ?? ""));
    }

    private static HttpAuth Vonage(HttpAuthOptions options, string? applicationId, string? privateKey, EntryProblems problems)
    {
        Require("Auth:Username", applicationId, problems);
        Require("Auth:Token", privateKey, problems);
        var signer = VonageRequestSigner.Create(applicationId ?? "", privateKey ?? "");
        if (signer is null && !string.IsNullOrEmpty(privateKey))
        {
            problems.Add(KeyOf("Auth:Token", options.Token), "is no private key in PEM form.");
        }

        return new(null, null, signer);
    }

    /// <summary>The setting of which all of the value is made, or the key itself.</summary>
    private static string KeyOf(string key, string? value) =>
        value is not null && value.StartsWith(Setting, StringComparison.Ordinal) && value.EndsWith("}}", StringComparison.Ordinal)
            ? value[Setting.Length..^2]
            : key;

    private static void Require(string key, string? value, EntryProblems problems)
    {
        if (string.IsNullOrEmpty(value))
        {
            problems.Add(key, "is missing.");
        }
    }
}
