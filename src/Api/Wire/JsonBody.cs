using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using OtpPipeline.Api.Dialects;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Wire;

/// <summary>Reads a request's body as one JSON object, or says why that cannot be done. Nothing that a client sends makes it throw.</summary>
internal static class JsonBody
{
    private const int MaxDepth = 16;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };
    private static readonly JsonDocumentOptions Repeating = new() { MaxDepth = MaxDepth };

    /// <summary>Largest body in bytes.</summary>
    public const int MaxLength = 64 * 1024;

    /// <param name="request">The request.</param>
    /// <param name="read">Takes what is needed out of the object, which lives no longer than the call.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask<Judged<T>> ReadAsync<T>(HttpRequest request, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        if (!IsJson(request.ContentType))
        {
            return ApiRefusals.MediaType;
        }

        // Refused before a byte is read: a client that waits for 100 Continue need not send it.
        if (request.ContentLength > MaxLength)
        {
            return ApiRefusals.BodyTooLarge;
        }

        while (true)
        {
            var chunk = await request.BodyReader.ReadAsync(cancellationToken);
            var buffer = chunk.Buffer;
            if (buffer.Length > MaxLength)
            {
                request.BodyReader.AdvanceTo(buffer.End);
                return ApiRefusals.BodyTooLarge;
            }

            if (chunk.IsCompleted)
            {
                var answer = Read(buffer.IsSingleSegment ? buffer.First : buffer.ToArray(), read);
                request.BodyReader.AdvanceTo(buffer.End);
                return answer;
            }

            request.BodyReader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static Judged<T> Read<T>(ReadOnlyMemory<byte> body, Func<JsonElement, T> read)
    {
        if (body.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            body = body[Encoding.UTF8.Preamble.Length..];
        }

        if (body.IsEmpty)
        {
            return ApiRefusals.BodyEmpty;
        }

        if (!Utf8.IsValid(body.Span) || !JsonEscapes.AreWholeCharacters(body.Span))
        {
            return ApiRefusals.BodyNotText;
        }

        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : ApiRefusals.BodyNoObject;
        }
        catch (JsonException)
        {
            return IsJsonApartFromRepetition(body) ? ApiRefusals.FieldRepeated : ApiRefusals.BodyNotJson;
        }
    }

    private static bool IsJsonApartFromRepetition(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Repeating);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Lenient where nothing can be misread: no media type at all, any +json, any name of UTF-8.</summary>
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
