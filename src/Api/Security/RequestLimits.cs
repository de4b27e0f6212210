using Microsoft.AspNetCore.Authorization;
using OtpPipeline.Api.Dialects;
using OtpPipeline.Core.Applications;

namespace OtpPipeline.Api.Security;

/// <summary>Marks an endpoint that needs no key and is limited by address nevertheless.</summary>
internal sealed class LimitedByAddress
{
    public static readonly LimitedByAddress Instance = new();
}

/// <summary>Limits requests to whatever needs a key. A dialect whose keys come in another way counts them itself.</summary>
internal sealed class RequestLimits(RequestDelegate next, RequestAdmission admission)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var metadata = http.GetEndpoint()?.Metadata;
        var limited = metadata?.GetMetadata<IAuthorizeData>() is not null || metadata?.GetMetadata<LimitedByAddress>() is not null;
        if (limited && await admission.CountAsync(http, http.Features.Get<Caller>()) is { } refusal)
        {
            await NativeErrors.WriteAsync(http, refusal);
            return;
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

    /// <summary>After the authentication, before the authorization: a refused key counts too.</summary>
    public static IApplicationBuilder UseRequestLimits(this IApplicationBuilder app) => app.UseMiddleware<RequestLimits>();
}
