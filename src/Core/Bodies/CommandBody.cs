using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Core.Bodies;

/// <summary>Reads a body as one JSON object, or returns the error. No input makes it throw.</summary>
public static class CommandBody
{
    /// <summary>Maximum body size in bytes.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Maximum nesting depth of a body.</summary>
    public const int MaxDepth = 16;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };
    private static readonly JsonDocumentOptions Repeating = new() { MaxDepth = MaxDepth };

    /// <param name="body">The bytes as sent, including a byte order mark.</param>
    /// <param name="read">Reads the fields from the object, which is valid only during the call.</param>
    public static Result<T> Read<T>(ReadOnlyMemory<byte> body, Func<JsonElement, T> read)
    {
        if (body.Length > MaxLength)
        {
            return OtpErrors.BodyTooLarge;
        }

        body = WithoutMark(body);
        if (body.IsEmpty)
        {
            return OtpErrors.BodyEmpty;
        }

        if (!IsText(body.Span))
        {
            return OtpErrors.BodyNotText;
        }

        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : OtpErrors.BodyNoObject;
        }
        catch (JsonException)
        {
            return IsJsonApartFromRepetition(body) ? OtpErrors.FieldRepeated : OtpErrors.BodyNotJson;
        }
    }

    /// <summary>Whether it is valid UTF-8 without an escaped half of a surrogate pair, which makes readers of JSON throw.</summary>
    public static bool IsText(ReadOnlySpan<byte> body) => Utf8.IsValid(body) && JsonEscapes.AreWholeCharacters(body);

    /// <summary>Removes the byte order mark.</summary>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) =>
        body.Span.StartsWith(Encoding.UTF8.Preamble) ? body[Encoding.UTF8.Preamble.Length..] : body;

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
}
