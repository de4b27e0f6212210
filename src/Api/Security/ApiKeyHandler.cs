using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Applications.Lookup;

namespace OtpPipeline.Api.Security;

/// <summary>Authenticates the caller by the header X-API-KEY, or by an access token.</summary>
/// <remarks>
/// Clients configured with both send both. Then only the key counts, right or wrong, so that the same request always has the same caller.
/// </remarks>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApplicationDirectory directory,
    AccessTokens tokens, KeyUsage usage)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string Header = "X-API-KEY";
    public const string ScopeClaim = "scope";
    public const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var key = Request.Headers[Header];

        // A client without a configured key sends an empty header.
        var byKey = key.Count > 1 || !string.IsNullOrWhiteSpace(key.ToString());
        var token = byKey ? null : Token(Request);
        if (!byKey && token is null)
        {
            return AuthenticateResult.NoResult();
        }

        if (!directory.IsLoaded)
        {
            return AuthenticateResult.Fail("Not loaded");
        }

        var caller = token is not null ? await tokens.FindAsync(token, Context.RequestAborted)
            : key.Count == 1 ? await directory.FindByKeyAsync(key.ToString().Trim(), Context.RequestAborted)
            : null;
        if (caller is null)
        {
            return AuthenticateResult.Fail(byKey ? "No such key" : "No such token");
        }

        if (byKey)
        {
            usage.Note(caller.KeyId);
        }

        Context.Features.Set(caller);
        var identity = new ClaimsIdentity(caller.Scopes.Select(s => new Claim(ScopeClaim, s)), SchemeName);
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (!directory.IsLoaded)
        {
            // Without loaded applications the host cannot check any key: the key is not at fault.
            return ErrorResponse.WriteAsync(Context, ApiErrors.StoreAway);
        }

        if (IsByToken())
        {
            Response.Headers.WWWAuthenticate = "Bearer realm=\"OtpPipeline\", error=\"invalid_token\"";
            return ErrorResponse.WriteAsync(Context, ApiErrors.TokenInvalid);
        }

        Response.Headers.WWWAuthenticate = $"{SchemeName} realm=\"OtpPipeline\", header=\"{Header}\"";
        return ErrorResponse.WriteAsync(Context, ApiErrors.KeyInvalid);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        ErrorResponse.WriteAsync(Context, IsByToken() ? ApiErrors.TokenScopeMissing : ApiErrors.ScopeMissing);

    private bool IsByToken() => string.IsNullOrWhiteSpace(Request.Headers[Header].ToString()) && Token(Request) is not null;

    private static string? Token(HttpRequest request) =>
        request.Headers.Authorization is { Count: 1 } header && header.ToString() is var text
            && text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? text[Bearer.Length..].Trim()
            : null;
}
