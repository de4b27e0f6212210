using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using OtpPipeline.Api.Dialects;
using OtpPipeline.Core.Applications;

namespace OtpPipeline.Api.Security;

/// <summary>Marks an endpoint that needs no key and is limited by address nevertheless.</summary>
internal sealed class LimitedByAddress
{
    public static readonly LimitedByAddress Instance = new();
}

/// <summary>
/// Limits requests to whatever needs a key: per key over all processes, as its application says; per address and process for
/// those without a valid one, which slows guessing of keys.
/// </summary>
internal sealed class RequestLimits(RequestDelegate next, PermitLeases leases, RequestCounters counters, IOptions<ApiOptions> options)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var metadata = http.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<IAuthorizeData>() is null && metadata?.GetMetadata<LimitedByAddress>() is null)
        {
            await next(http);
            return;
        }

        var caller = http.Features.Get<Caller>();
        var limit = caller?.Application.Settings.Limits.RequestsPerMinute ?? options.Value.AnonymousRequestsPerMinute;
        var admission = caller is null
            ? counters.Take(Bucket.Of(http.Connection.RemoteIpAddress), limit)
            : await leases.TakeAsync(caller.KeyId, limit, http.RequestAborted);
        var headers = http.Response.Headers;
        headers["X-Rate-Limit-Limit"] = limit.ToString();
        headers["X-Rate-Limit-Remaining"] = admission.Remaining.ToString();
        await (admission.Admitted
            ? next(http)
            : NativeErrors.WriteAsync(http, ApiRefusals.TooManyRequests with { RetryAfter = admission.ResetAfter }));
    }
}

internal static class RequestLimitsSetup
{
    public static void AddRequestLimits(this IServiceCollection services)
    {
        services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RequestCounters>();
        services.AddSingleton<PermitLeases>();
    }

    /// <summary>After the authentication, before the authorization: a refused key counts too.</summary>
    public static IApplicationBuilder UseRequestLimits(this IApplicationBuilder app) => app.UseMiddleware<RequestLimits>();
}
