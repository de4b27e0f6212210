using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using OtpPipeline.Api.Dialects;
using OtpPipeline.Core.Applications;

namespace OtpPipeline.Api.Security;

/// <summary>Limits requests to whatever needs a key: per key as its application says, per address for those without a valid one, which slows guessing of keys.</summary>
internal sealed class RequestLimits(RequestDelegate next, RequestCounters counters, IOptions<ApiOptions> options)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is null)
        {
            return next(http);
        }

        var caller = http.Features.Get<Caller>();
        var limit = caller?.Application.Settings.Limits.RequestsPerMinute ?? options.Value.AnonymousRequestsPerMinute;
        var admission = counters.Take(caller is null ? Bucket.Of(http.Connection.RemoteIpAddress) : Bucket.Of(caller.Key), limit);
        var headers = http.Response.Headers;
        headers["X-Rate-Limit-Limit"] = limit.ToString();
        headers["X-Rate-Limit-Remaining"] = admission.Remaining.ToString();
        return admission.Admitted
            ? next(http)
            : NativeErrors.WriteAsync(http, ApiRefusals.TooManyRequests with { RetryAfter = admission.ResetAfter });
    }
}

internal static class RequestLimitsSetup
{
    public static void AddRequestLimits(this IServiceCollection services)
    {
        services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RequestCounters>();
    }

    /// <summary>After the authentication, before the authorization: a refused key counts too.</summary>
    public static IApplicationBuilder UseRequestLimits(this IApplicationBuilder app) => app.UseMiddleware<RequestLimits>();
}
