using OtpPipeline.Core.Applications.Lookup;

namespace OtpPipeline.Api.Admin.Applications;

/// <summary>Reads the applications again after each change of one, before it is answered, so that this process knows it at once.</summary>
internal sealed partial class KnownAtOnce(ApplicationDirectory directory, ILogger<KnownAtOnce> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var answer = await next(context);
        if (!AdminChanges.IsChange(context.HttpContext, answer))
        {
            return answer;
        }

        try
        {
            await directory.RefreshAsync(CancellationToken.None);
        }
        catch (Exception failure)
        {
            // It is committed: the reading of every two seconds brings it.
            Log.NotRead(logger, failure.GetType().Name);
        }

        return answer;
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "A change of an application is stored, but could not be read again; it takes effect within seconds ({Type})")]
        public static partial void NotRead(ILogger logger, string type);
    }
}
