using System.Net.Http.Headers;
using System.Text.Json;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Requests;

/// <summary>Reads a request's body as one JSON object, or returns why that failed.</summary>
internal static class JsonBody
{
    /// <param name="request">The request.</param>
    /// <param name="read">Reads the needed values from the object, which is valid only during the call.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="anyMediaType">For compatible APIs whose clients send no media type, or a wrong one.</param>
    public static async ValueTask<Result<T>> ReadAsync<T>(
        HttpRequest request, Func<JsonElement, T> read, CancellationToken cancellationToken, bool anyMediaType = false)
    {
        if (!anyMediaType && !IsJson(request.ContentType))
        {
            return ApiErrors.MediaType;
        }

        return await RawBody.ReadAsync(request, cancellationToken) is { } body ? CommandBody.Read(body, read) : OtpErrors.BodyTooLarge;
    }

    /// <summary>Lenient where that is unambiguous: no media type, any +json, any name of UTF-8.</summary>
    private static bool IsJson(string? contentType)
    {
        if (string.IsNullOrWhiteSpace(contentType) || string.Equals(contentType, "application/json", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        return MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType is { } media
            && (media.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                || media.Equals("text/json", StringComparison.OrdinalIgnoreCase)
                || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase))
            && type.CharSet?.Trim('"').ToUpperInvariant() is null or "UTF-8" or "UTF8" or "US-ASCII";
    }
}
