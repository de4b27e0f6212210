using System.Text.Encodings.Web;
using System.Text.Json;

namespace OtpPipeline.Api.Responses;

/// <summary>Options for writing every body; each folder lists its types in a serializer context.</summary>
internal static class ApiJson
{
    /// <summary>New options for one context. "+33" and "'" are not escaped: the bodies are JSON, never part of a page.</summary>
    public static JsonSerializerOptions NewOptions() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
