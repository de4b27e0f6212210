using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace OtpPipeline.Api.Requests;

/// <summary>Reads a request's body as a form. No input makes it throw.</summary>
internal static class FormBody
{
    private const string InParts = "multipart/form-data";
    private const string MediaType = "application/x-www-form-urlencoded";

    /// <summary>The fields by name; null where the body is no UTF-8 form, or exceeds the size limit.</summary>
    public static async ValueTask<IReadOnlyDictionary<string, StringValues>?> ReadAsync(
        HttpRequest request, CancellationToken cancellationToken)
    {
        if (!IsForm(request.ContentType) || await RawBody.ReadAsync(request, cancellationToken) is not { } body)
        {
            return null;
        }

        return Utf8.IsValid(body) ? QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)) : null;
    }

    /// <summary>Also reads multipart forms, which PHP's curl sends for an array.</summary>
    public static async ValueTask<IReadOnlyDictionary<string, StringValues>?> ReadAnyAsync(
        HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals(InParts, StringComparison.OrdinalIgnoreCase))
        {
            return await ReadAsync(request, cancellationToken);
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        return !string.IsNullOrEmpty(boundary) && await RawBody.ReadAsync(request, cancellationToken) is { } body
            ? await ReadPartsAsync(new(boundary, new MemoryStream(body)), cancellationToken)
            : null;
    }

    private static async Task<IReadOnlyDictionary<string, StringValues>?> ReadPartsAsync(
        MultipartReader reader, CancellationToken cancellationToken)
    {
        var fields = new KeyValueAccumulator();
        try
        {
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } part)
            {
                using var content = new MemoryStream();
                await part.Body.CopyToAsync(content, cancellationToken);
                if (!Utf8.IsValid(content.GetBuffer().AsSpan(0, (int)content.Length)))
                {
                    return null;
                }

                if (ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var place)
                    && HeaderUtilities.RemoveQuotes(place.Name).Value is { Length: > 0 } name)
                {
                    fields.Append(name, Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length));
                }
            }
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException)
        {
            // A client can send invalid parts.
            return null;
        }

        return fields.GetResults();
    }

    private static bool IsForm(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == MediaType.Length || contentType[MediaType.Length] is ';' or ' ');
}
