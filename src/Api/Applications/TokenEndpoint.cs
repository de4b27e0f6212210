using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Primitives;
using Microsoft.OpenApi;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Applications;

/// <summary>An access token.</summary>
public sealed record TokenAnswer
{
    /// <summary>Goes into the header Authorization, after "Bearer ".</summary>
    [JsonPropertyName("access_token")]
    public required string AccessToken { get; init; }

    /// <summary>Seconds.</summary>
    [JsonPropertyName("expires_in")]
    public required int ExpiresIn { get; init; }

    /// <summary>What the token may do, separated by blanks.</summary>
    [JsonPropertyName("scope")]
    public required string Scope { get; init; }

    /// <summary>Kind of the token.</summary>
    [AllowedValues("Bearer")]
    [JsonPropertyName("token_type")]
    public required string TokenType { get; init; }
}

/// <summary>What POST /oauth/token takes, as a form.</summary>
public sealed record TokenBody
{
    /// <summary>The only grant.</summary>
    [AllowedValues("client_credentials")]
    [JsonPropertyName("grant_type")]
    public required string GrantType { get; init; }

    /// <summary>Of otp and sms, separated by blanks; all when nothing is asked for.</summary>
    [JsonPropertyName("scope")]
    public string? Scope { get; init; }
}

/// <summary>POST /oauth/token: the application's id and secret against an access token.</summary>
internal static class TokenEndpoint
{
    /// <summary>HTTP Basic with the application's id and secret.</summary>
    public const string SchemeName = "ApplicationSecret";

    private const string GrantType = "client_credentials";

    public static void MapToken(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/oauth/token", IssueAsync).WithTags("Applications").WithName("issueToken").TakesForm(typeof(TokenBody))
            .WithErrors([
                ApiErrors.ClientInvalid, ApiErrors.GrantTypeMissing, ApiErrors.GrantTypeUnsupported, ApiErrors.TokenRequestInvalid,
                ApiErrors.ScopeInvalid, .. CommonErrors.OfTheServer])
            .AddOpenApiOperationTransformer(static (operation, context, _) =>
            {
                operation.Security = [new() { [new OpenApiSecuritySchemeReference(SchemeName, context.Document)] = [] }];
                return Task.CompletedTask;
            });

    /// <summary>Get an access token</summary>
    /// <remarks>The application's id and secret as HTTP Basic. A token ends with its lifetime, its secret or its application.</remarks>
    internal static async Task<Results<JsonAnswer<TokenAnswer>, ErrorResult>> IssueAsync(
        HttpContext http, ApplicationDirectory directory, AccessTokens tokens, RequestAdmission admission,
        CancellationToken cancellationToken)
    {
        if (!directory.IsLoaded)
        {
            return new ErrorResult(ApiErrors.StoreAway);
        }

        var form = await FormBody.ReadAsync(http.Request, cancellationToken);
        var isForm = form?.All(f => f.Value.Count == 1) == true;
        var found = isForm ? await FindAsync(directory, http.Request, form!, cancellationToken) : null;
        var tooMany = found is { Client: var counted }
            ? await admission.CountTokenRequestAsync(http, counted)
            : admission.ChargeAddress(http);
        if (tooMany is not null)
        {
            return new ErrorResult(tooMany);
        }

        if (!isForm)
        {
            return new ErrorResult(ApiErrors.TokenRequestInvalid);
        }

        if (form is null
            || found is not { Client: { Application: { Active: true } application, Identifier: var client }, Secret: var secret })
        {
            http.Response.Headers.WWWAuthenticate = BasicCredentials.Challenge;
            return new ErrorResult(ApiErrors.ClientInvalid);
        }

        var scopes = Scopes(form.GetValueOrDefault("scope"), application.Settings.TokenScopes());
        var error = Validate(form.GetValueOrDefault("grant_type")) ?? (scopes is null ? ApiErrors.ScopeInvalid : null);
        if (error is not null)
        {
            return new ErrorResult(error);
        }

        var lifetime = application.Settings.TokenLifetime;
        var token = tokens.Issue(client, secret, scopes!, TimeSpan.FromSeconds(lifetime));
        http.Response.Headers.Pragma = "no-cache";
        return new JsonAnswer<TokenAnswer>(
            new() { AccessToken = token, ExpiresIn = lifetime, Scope = string.Join(' ', scopes!), TokenType = "Bearer" },
            ApplicationJson.Plain.TokenAnswer);
    }

    /// <summary>
    /// The client with the secret that opened it: HTTP Basic as it was sent, or form-decoded (RFC 6749 2.3.1); null for a stranger.
    /// </summary>
    private static async ValueTask<(Identified Client, string Secret)?> FindAsync(
        ApplicationDirectory directory, HttpRequest request, IReadOnlyDictionary<string, StringValues> form,
        CancellationToken cancellationToken)
    {
        if (!TryCredentials(request, form, out var sent))
        {
            return null;
        }

        var decoded = request.Headers.Authorization.Count > 0 ? sent.FormDecoded() : null;
        foreach (var credentials in decoded is { } other ? (BasicCredentials[])[sent, other] : [sent])
        {
            if (await directory.FindAsync(IdentifierKind.TokenClient, credentials.Name, credentials.Password, cancellationToken) is { } client)
            {
                return (client, credentials.Password);
            }
        }

        return null;
    }

    /// <summary>HTTP Basic; or in the form, as some OAuth libraries send it, but never both.</summary>
    private static bool TryCredentials(
        HttpRequest request, IReadOnlyDictionary<string, StringValues> form, out BasicCredentials credentials)
    {
        var inForm = form.TryGetValue("client_secret", out var secret);
        if (inForm && request.Headers.Authorization.Count == 0)
        {
            credentials = new(form.GetValueOrDefault("client_id").ToString(), secret.ToString());
            return true;
        }

        return BasicCredentials.TryRead(request, out credentials) && !inForm;
    }

    private static OtpError? Validate(StringValues grantType) =>
        string.IsNullOrEmpty(grantType) ? ApiErrors.GrantTypeMissing
        : grantType != GrantType ? ApiErrors.GrantTypeUnsupported
        : null;

    /// <summary>Those that are asked for, all where none are; null where one is unknown or not the application's.</summary>
    private static IReadOnlyList<string>? Scopes(StringValues asked, IReadOnlyList<string> allowed)
    {
        var scopes = asked.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToList();
        return scopes.Count == 0 ? allowed : scopes.TrueForAll(s => allowed.Contains(s, StringComparer.Ordinal)) ? scopes : null;
    }
}
