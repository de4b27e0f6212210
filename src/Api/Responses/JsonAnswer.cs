using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;

namespace OtpPipeline.Api.Responses;

/// <summary>A JSON answer with known length, written without reflection; default status 200.</summary>
internal class JsonAnswer<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        JsonAnswer.Describe<T>(builder, StatusCodes.Status200OK);

    public Task ExecuteAsync(HttpContext httpContext) => JsonAnswer.WriteAsync(httpContext, status, value, type);
}

/// <summary>A JSON answer with status 201.</summary>
internal sealed class CreatedAnswer<T>(T value, JsonTypeInfo<T> type)
    : JsonAnswer<T>(value, type, StatusCodes.Status201Created), IEndpointMetadataProvider
{
    public static new void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        JsonAnswer.Describe<T>(builder, StatusCodes.Status201Created);
}

/// <summary>A JSON answer with status 202.</summary>
internal sealed class AcceptedAnswer<T>(T value, JsonTypeInfo<T> type)
    : JsonAnswer<T>(value, type, StatusCodes.Status202Accepted), IEndpointMetadataProvider
{
    public static new void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        JsonAnswer.Describe<T>(builder, StatusCodes.Status202Accepted);
}

internal static class JsonAnswer
{
    private const string Json = "application/json";

    public static void Describe<T>(EndpointBuilder builder, int status) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(T), [Json]));

    public static Task WriteAsync<T>(HttpContext http, int status, T value, JsonTypeInfo<T> type, string mediaType = Json) =>
        WriteAsync(http, status, JsonSerializer.SerializeToUtf8Bytes(value, type), mediaType);

    /// <summary>Writes a complete body of any media type.</summary>
    public static Task WriteAsync(HttpContext http, int status, byte[] body, string mediaType)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = mediaType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : response.BodyWriter.WriteAsync(body, http.RequestAborted).AsTask();
    }
}
