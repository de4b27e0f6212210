using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Applications.Lookup;

namespace OtpPipeline.Api.Security;

/// <summary>Limits requests to endpoints that need a key. An endpoint with other credentials counts its requests itself.</summary>
internal sealed class RequestLimits(RequestDelegate next, RequestAdmission admission)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is { } authorize)
        {
            var error = !ApiKeys.AdminKey.Equals(authorize.Policy, StringComparison.Ordinal) ? await admission
                .CountAsync(http, http.Features.Get<Caller>())
                : (await http.AuthenticateAsync(AdminKeyHandler.SchemeName)).Succeeded ? admission.CountOperator(http)
                : admission.ChargeAddress(http);
            if (error is not null)
            {
                await ErrorResponse.WriteAsync(http, error);
                return;
            }
        }

        await next(http);
    }
}

internal static class RequestLimitsSetup
{
    public static void AddRequestLimits(this IServiceCollection services)
    {
        services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RequestCounters>();
        services.AddSingleton<RequestAdmission>();
    }

    /// <summary>Runs after authentication, so that only failed credentials count for an address; before authorization.</summary>
    public static IApplicationBuilder UseRequestLimits(this IApplicationBuilder app) => app.UseMiddleware<RequestLimits>();
}
