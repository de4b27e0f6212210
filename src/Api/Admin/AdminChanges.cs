using Microsoft.AspNetCore.Http.HttpResults;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.Admin;

/// <summary>Leaves a log line for each change over /admin: who, what, which id.</summary>
internal sealed partial class AdminChanges(ILogger<AdminChanges> logger) : IEndpointFilter
{
    /// <summary>Notes the id of what a call made, which its path does not have.</summary>
    public static void Note(HttpContext http, Guid id) => Note(http, id.ToString("D"));

    /// <summary>Notes what a call changed that names no id.</summary>
    public static void Note(HttpContext http, string changed) => http.Features.Set(new Changed(changed));

    /// <summary>Whether a call changed something.</summary>
    public static bool IsChange(HttpContext http, object? answer) =>
        !HttpMethods.IsGet(http.Request.Method)
        && (answer is INestedHttpResult { Result: var result } ? result : answer) is not ProblemResult;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var answer = await next(context);
        var http = context.HttpContext;
        if (!IsChange(http, answer))
        {
            return answer;
        }

        var name = http.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "";
        var changed = http.Request.RouteValues.Values.Select(v => v?.ToString()).Append(http.Features.Get<Changed>()?.What)
            .OfType<string>();
        Log.Done(logger, name, string.Join(' ', changed), http.Connection.RemoteIpAddress?.ToString() ?? "", http.TraceIdentifier);
        return answer;
    }

    private sealed record Changed(string What);

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "The operator's key did {Operation} on {Changed} from {Address}; request id {RequestId}")]
        public static partial void Done(ILogger logger, string operation, string changed, string address, string requestId);
    }
}
