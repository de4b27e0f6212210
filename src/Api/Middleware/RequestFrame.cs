using Microsoft.AspNetCore.Http.Features;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Logging;

namespace OtpPipeline.Api.Middleware;

/// <summary>Turns failures and empty framework answers into error bodies of the API, and logs each request.</summary>
/// <remarks>The log has one line for each request, without path and query.</remarks>
internal sealed partial class RequestFrame(RequestDelegate next, TimeProvider time, ILogger<RequestFrame> logger)
{
    private const string NoRoute = "(no route)";
    private const int ClientClosedRequest = 499;
    private static readonly TimeSpan OutageRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BusyRetry = TimeSpan.FromSeconds(1);

    public async Task InvokeAsync(HttpContext http)
    {
        var start = time.GetTimestamp();
        Links.MarkAllowed(http);
        try
        {
            await next(http);
            await AnswerFrame.FillAsync(http);
        }
        catch (Exception failure) when (http.RequestAborted.IsCancellationRequested)
        {
            Log.ClientGone(logger, failure.GetType().Name);
            if (!http.Response.HasStarted)
            {
                http.Response.StatusCode = ClientClosedRequest;
            }
        }
        catch (BadHttpRequestException failure) when (!http.Response.HasStarted)
        {
            Log.Unreadable(logger, failure.StatusCode);
            await ErrorResponse.WriteAsync(http, ApiErrors.BodyUnreadable);
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            await FailAsync(http, failure);
        }

        Name(http, start);
    }

    /// <summary>Names the request in the trace and in the log by its route template: the path may contain a secret.</summary>
    private void Name(HttpContext http, long start)
    {
        var traced = http.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } activity ? activity : null;
        if (traced is null && !logger.IsEnabled(LogLevel.Debug))
        {
            return;
        }

        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.TrimEnd('/') ?? NoRoute;
        if (traced is not null)
        {
            traced.SetTag("http.route", route);
            traced.DisplayName = $"{http.Request.Method} {route}";
        }

        if (logger.IsEnabled(LogLevel.Debug))
        {
            Log.Answered(logger, http.Request.Method, route, http.Response.StatusCode, time.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private Task FailAsync(HttpContext http, Exception failure)
    {
        if (StoreFailures.IsOutage(failure))
        {
            Log.StoreAway(logger, ExceptionText.MessagesOf(failure));
            return UnavailableAsync(http, OutageRetry);
        }

        // The caller still waits, so the caller did not cancel: the host stops, or a component timed out.
        if (StoreFailures.IsTransient(failure) || failure is OperationCanceledException)
        {
            Log.Refused(logger, ExceptionText.MessagesOf(failure));
            return UnavailableAsync(http, BusyRetry);
        }

        Log.Failed(logger, failure, http.TraceIdentifier);
        return ErrorResponse.WriteAsync(http, ApiErrors.ServerError);
    }

    private static Task UnavailableAsync(HttpContext http, TimeSpan retryAfter) =>
        ErrorResponse.WriteAsync(http, ApiErrors.StoreAway with { RetryAfter = retryAfter });

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Route} answered {Status} in {Milliseconds:F1} ms")]
        public static partial void Answered(ILogger logger, string method, string route, int status, double milliseconds);

        [LoggerMessage(Level = LogLevel.Debug, Message = "The client closed the connection before its answer ({Kind})")]
        public static partial void ClientGone(ILogger logger, string kind);

        [LoggerMessage(Level = LogLevel.Debug, Message = "The request could not be read (status {Status})")]
        public static partial void Unreadable(ILogger logger, int status);

        [LoggerMessage(Level = LogLevel.Error, Message = "Database unavailable: {Error}")]
        public static partial void StoreAway(ILogger logger, string error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "A request was answered with 503: the database did not serve it ({Error})")]
        public static partial void Refused(ILogger logger, string error);

        [LoggerMessage(Level = LogLevel.Error, Message = "A request failed; request id {RequestId}")]
        public static partial void Failed(ILogger logger, Exception failure, string requestId);
    }
}

internal static class RequestFrameSetup
{
    public static IApplicationBuilder UseRequestFrame(this IApplicationBuilder app) => app.UseMiddleware<RequestFrame>();
}
