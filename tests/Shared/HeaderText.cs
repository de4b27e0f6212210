using System.Text;
using RabbitMQ.Client;

namespace OtpPipeline.Tests.Shared;

/// <summary>The texts in a message's headers.</summary>
internal static class HeaderText
{
    public static Dictionary<string, string> Texts(this IReadOnlyBasicProperties properties) =>
        (properties.Headers ?? new Dictionary<string, object?>(StringComparer.Ordinal))
            .ToDictionary(h => h.Key, h => h.Value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : $"{h.Value}", StringComparer.Ordinal);
}
