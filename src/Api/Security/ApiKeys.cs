using Microsoft.AspNetCore.Authentication;
using OtpPipeline.Core.Applications;

namespace OtpPipeline.Api.Security;

/// <summary>Who may do what.</summary>
internal static class ApiKeys
{
    /// <summary>The policy of everything under /otp.</summary>
    public const string OtpScope = "otp";

    public static void AddApiKeys(this IServiceCollection services)
    {
        services.AddAuthentication(ApiKeyHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, configureOptions: null);
        services.AddAuthorizationBuilder()
            .AddPolicy(OtpScope, policy => policy.RequireAuthenticatedUser().RequireClaim(ApiKeyHandler.ScopeClaimType, OtpScope));
    }

    /// <summary>The caller of an endpoint that needs a key.</summary>
    public static Caller Caller(this HttpContext http) => http.Features.GetRequiredFeature<Caller>();
}
