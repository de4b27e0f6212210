using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OtpPipeline.Api.Responses;

/// <summary>An answer whose JSON is written without reflection and whose length is known.</summary>
internal sealed class JsonAnswer<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => JsonAnswer.WriteAsync(httpContext, status, value, type);
}

internal static class JsonAnswer
{
    public static Task WriteAsync<T>(HttpContext http, int status, T value, JsonTypeInfo<T> type, string mediaType = "application/json") =>
        WriteAsync(http, status, JsonSerializer.SerializeToUtf8Bytes(value, type), mediaType);

    /// <summary>A body that is finished, of whatever media type.</summary>
    public static Task WriteAsync(HttpContext http, int status, byte[] body, string mediaType)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = mediaType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : response.BodyWriter.WriteAsync(body, http.RequestAborted).AsTask();
    }
}
