using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using OtpPipeline.Api.Dialects;
using OtpPipeline.Core.Applications;

namespace OtpPipeline.Api.Security;

/// <summary>The header X-API-KEY names the caller. It wins over any other credentials that come with it.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApplicationDirectory directory)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string Header = "X-API-KEY";
    public const string ScopeClaim = "scope";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers[Header];
        if (header.Count == 0)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        if (!directory.IsLoaded)
        {
            return Task.FromResult(AuthenticateResult.Fail("Not loaded"));
        }

        if (header.Count > 1 || directory.FindByKey(header.ToString().Trim()) is not { } caller)
        {
            return Task.FromResult(AuthenticateResult.Fail("No such key"));
        }

        Context.Features.Set(caller);
        var identity = new ClaimsIdentity(caller.Key.Scopes.Select(s => new Claim(ScopeClaim, s)), SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (!directory.IsLoaded)
        {
            // Nobody can be told apart from a stranger: that is no fault of the key.
            return NativeErrors.WriteAsync(Context, ApiRefusals.StoreAway, StatusCodes.Status503ServiceUnavailable);
        }

        Response.Headers.WWWAuthenticate = $"{SchemeName} realm=\"OtpPipeline\", header=\"{Header}\"";
        return NativeErrors.WriteAsync(Context, ApiRefusals.KeyInvalid);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        NativeErrors.WriteAsync(Context, ApiRefusals.ScopeMissing);
}
