using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.HostFiltering;
using OtpPipeline.Api.CompatibleApis;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Hosting;

namespace OtpPipeline.Api.Middleware;

/// <summary>Gives every answer an id, a time, security headers and a body.</summary>
/// <remarks>That includes answers that the framework gives before the application sees the request.</remarks>
internal static class AnswerFrame
{
    public static void AddAnswerFrame(this WebApplicationBuilder builder)
    {
        builder.AddKnownProxies();
        builder.Services.AddSingleton<Links>();

        // AnswerFrame writes the body for a host that AllowedHosts does not name, in the format of the API that was called.
        builder.Services.Configure<HostFilteringOptions>(o => o.IncludeFailureMessage = false);
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, Outermost>());
    }

    /// <summary>Adds a body to the framework's empty answers, such as those of routing.</summary>
    public static Task FillAsync(HttpContext http)
    {
        var response = http.Response;
        if (response.HasStarted || response.StatusCode < 400 || response.ContentType is not null)
        {
            return Task.CompletedTask;
        }

        switch (response.StatusCode)
        {
            case StatusCodes.Status405MethodNotAllowed when HttpMethods.IsOptions(http.Request.Method):
                response.StatusCode = StatusCodes.Status204NoContent;
                return Task.CompletedTask;
            case StatusCodes.Status405MethodNotAllowed:
                return ErrorResponse.WriteAsync(http, ApiErrors.MethodNotAllowed);
            case StatusCodes.Status404NotFound:
                return ErrorResponse.WriteAsync(http, ApiErrors.PathNotFound);
            case < 500:
                return ErrorResponse.WriteAsync(http, ApiErrors.BodyUnreadable);
            default:
                return ErrorResponse.WriteAsync(http, ApiErrors.ServerError);
        }
    }

    private static async Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        var start = time.GetTimestamp();
        http.TraceIdentifier = Activity.Current?.TraceId.ToHexString() ?? Guid.CreateVersion7().ToString("N");
        http.Response.Headers["X-Request-Id"] = http.TraceIdentifier;
        SecurityHeaders.Set(http);
        http.Response.OnStarting(() =>
        {
            SecurityHeaders.Complete(http);
            http.Response.Headers["X-Response-Time"] = time.GetElapsedTime(start).TotalMilliseconds
                .ToString("F1", CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        await next(http);
        await FillAsync(http);
    }

    /// <summary>Runs before everything that the framework puts in front of an application, such as the host filter.</summary>
    private sealed class Outermost : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseKnownProxies();
            app.Use(AnswerAsync);
            app.UseCompatibleApis();
            next(app);
        };
    }
}
