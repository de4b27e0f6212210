using Microsoft.AspNetCore.Http.Features;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Lookup;

namespace OtpPipeline.Api.Security;

/// <summary>Registers authentication and the authorization policies.</summary>
internal static class ApiKeys
{
    /// <summary>The policy of everything under /otp.</summary>
    public const string OtpScope = Scopes.Otp;

    /// <summary>The policy of endpoints that accept any key or access token.</summary>
    public const string AnyScope = "any";

    /// <summary>The policy of everything under /admin.</summary>
    public const string AdminKey = "admin";

    public static void AddApiKeys(this IServiceCollection services)
    {
        services.AddOptions<AdminOptions>().BindConfiguration(AdminOptions.Section).ValidateDataAnnotations().ValidateOnStart();

        // Only the core of authentication: the full registration adds data protection, which would keep unneeded keys in files.
        services.AddAuthenticationCore(o =>
        {
            o.DefaultScheme = ApiKeyHandler.SchemeName;
            o.AddScheme<ApiKeyHandler>(ApiKeyHandler.SchemeName, displayName: null);
            o.AddScheme<AdminKeyHandler>(AdminKeyHandler.SchemeName, displayName: null);
        });
        services.AddWebEncoders();
        services.AddSingleton<KeyUsage>();
        services.AddHostedService(p => p.GetRequiredService<KeyUsage>());
        services.AddTransient<ApiKeyHandler>();
        services.AddTransient<AdminKeyHandler>();
        services.AddAuthorizationBuilder()
            .AddPolicy(OtpScope, policy => policy.RequireAuthenticatedUser().RequireClaim(ApiKeyHandler.ScopeClaim, OtpScope))
            .AddPolicy(AnyScope, policy => policy.RequireAuthenticatedUser())
            .AddPolicy(AdminKey, policy => policy.AddAuthenticationSchemes(AdminKeyHandler.SchemeName).RequireAuthenticatedUser());
    }

    /// <summary>The caller of an endpoint that needs a key.</summary>
    public static Caller Caller(this HttpContext http) => http.Features.GetRequiredFeature<Caller>();
}
