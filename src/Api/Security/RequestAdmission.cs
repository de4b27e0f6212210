using System.Globalization;
using Microsoft.Extensions.Options;
using OtpPipeline.Api.Dialects;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.RateLimits;

namespace OtpPipeline.Api.Security;

/// <summary>
/// Counts requests: per application over all processes; per address and process for those without a valid one, which slows guessing of keys.
/// </summary>
internal sealed class RequestAdmission(PermitLeases leases, RequestCounters counters, IOptions<ApiOptions> options)
{
    /// <summary>Counts one request and tells its headers.</summary>
    /// <param name="http">The request.</param>
    /// <param name="caller">Who makes it; null for somebody without a valid key.</param>
    /// <returns>Null where it may go on.</returns>
    public async ValueTask<Refusal?> CountAsync(HttpContext http, Caller? caller)
    {
        var limit = caller?.Application.Settings.Limits.RequestsPerMinute ?? options.Value.AnonymousRequestsPerMinute;
        var admission = caller is null
            ? counters.Take(Bucket.Of(http.Connection.RemoteIpAddress), limit)
            : await leases.TakeAsync(caller.CountedAs, limit, http.RequestAborted);
        var headers = http.Response.Headers;
        headers["X-Rate-Limit-Limit"] = limit.ToString(CultureInfo.InvariantCulture);
        headers["X-Rate-Limit-Remaining"] = admission.Remaining.ToString(CultureInfo.InvariantCulture);
        return admission.Admitted ? null : Refusals.TooManyRequests with { RetryAfter = admission.ResetAfter };
    }
}
