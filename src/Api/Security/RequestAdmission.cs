using System.Globalization;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.RateLimits;

namespace OtpPipeline.Api.Security;

/// <summary>Counts requests after their credentials are checked.</summary>
/// <remarks>Valid credentials count by their own budget, over all processes; failed ones count by address and process. So a client
/// with failed credentials never causes a refusal of valid ones.</remarks>
internal sealed class RequestAdmission(DistributedRateLimit limits, RequestCounters counters, IOptions<ApiOptions> options)
{
    /// <summary>Marks the budget of messages from Telegram.</summary>
    public const byte TelegramMessages = 0xFF;

    private const byte TokenRequests = 0x0F;

    /// <summary>Counts one request and sets its rate-limit headers.</summary>
    /// <param name="http">The request.</param>
    /// <param name="caller">The caller; null for failed credentials.</param>
    /// <returns>Null where the request is admitted.</returns>
    public async ValueTask<OtpError?> CountAsync(HttpContext http, Caller? caller)
    {
        if (caller is null)
        {
            return ChargeAddress(http);
        }

        var limit = caller.Application.Settings.Limits.RequestsPerMinute;
        return Answer(http, limit, await limits.TakeAsync(caller.CountedAs, limit, http.RequestAborted));
    }

    /// <summary>Counts a valid client's request for an access token, apart from the requests that its tokens make.</summary>
    public ValueTask<OtpError?> CountTokenRequestAsync(HttpContext http, Identified client) =>
        CountAsync(http, new(client.Application, client.Identifier.Id, []) { CountedAs = Apart(client.Application.Id, TokenRequests) });

    public OtpError? CountOperator(HttpContext http) => Take(http, Bucket.Operator, options.Value.AdminRequestsPerMinute);

    public OtpError? ChargeAddress(HttpContext http) =>
        Take(http, Bucket.From(http.Connection.RemoteIpAddress), options.Value.AnonymousRequestsPerMinute);

    /// <summary>The id of a further budget of the same application.</summary>
    public static Guid Apart(Guid id, byte mark)
    {
        var bytes = id.ToByteArray();
        bytes[0] ^= mark;
        return new(bytes);
    }

    private OtpError? Take(HttpContext http, Bucket bucket, int limit) => Answer(http, limit, counters.Take(bucket, limit));

    private static OtpError? Answer(HttpContext http, int limit, Admission admission)
    {
        var headers = http.Response.Headers;
        headers["X-Rate-Limit-Limit"] = limit.ToString(CultureInfo.InvariantCulture);
        headers["X-Rate-Limit-Remaining"] = admission.Remaining.ToString(CultureInfo.InvariantCulture);
        return admission.Admitted ? null : OtpErrors.TooManyRequests with { RetryAfter = admission.ResetAfter };
    }
}
