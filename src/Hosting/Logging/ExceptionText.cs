using System.Data.Common;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Hosting.Logging;

/// <summary>Formats an exception without values that may be secret.</summary>
/// <remarks>A message can quote the value that caused the failure, which may be a PIN, a key or a phone number. Only messages of
/// exception types that never quote a value are kept.</remarks>
public static class ExceptionText
{
    private const int MaxDepth = 8;

    /// <summary>Types, kept messages and stack traces, from the outermost exception to the cause.</summary>
    public static string From(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var text = new StringBuilder();
        var depth = 0;
        for (var e = exception; e is not null && depth < MaxDepth; e = e.InnerException, depth++)
        {
            text.Append(depth == 0 ? "" : "Caused by ").Append(e.GetType().FullName);
            if (MessageOf(e) is { } message)
            {
                text.Append(": ").Append(message);
            }

            text.AppendLine();
            if (e.StackTrace is { } trace)
            {
                text.AppendLine(trace);
            }
        }

        return text.ToString();
    }

    /// <summary>Types and kept messages on one line, without the stack.</summary>
    public static string MessagesOf(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var parts = new List<string>();
        for (var e = exception; e is not null && parts.Count < MaxDepth; e = e.InnerException)
        {
            parts.Add(MessageOf(e) is { } message ? $"{e.GetType().Name}: {message}" : e.GetType().Name);
        }

        return string.Join(" / ", parts);
    }

    /// <summary>The message, where its type is kept.</summary>
    /// <remarks>Database servers quote values in their errors, so only the code of those is kept.</remarks>
    internal static string? MessageOf(Exception exception) => exception switch
    {
        _ when StoreFailures.CodeOf(exception) is { } code => code,
        DbException or SocketException or AuthenticationException or TimeoutException or OperationCanceledException or OptionsValidationException => exception.Message,
        _ when exception.GetType().Namespace?.StartsWith("RabbitMQ.Client", StringComparison.Ordinal) == true => exception.Message,
        _ => null,
    };
}
