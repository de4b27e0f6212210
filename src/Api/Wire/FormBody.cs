using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Wire;

/// <summary>Reads a request's body as a form. Nothing that a client sends makes it throw.</summary>
internal static class FormBody
{
    private const string MediaType = "application/x-www-form-urlencoded";

    /// <summary>The fields by their names; null where the body is no form in UTF-8, or is larger than any body may be.</summary>
    public static async ValueTask<IReadOnlyDictionary<string, StringValues>?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!IsForm(request.ContentType) || request.ContentLength > CommandBody.MaxLength)
        {
            return null;
        }

        while (true)
        {
            var chunk = await request.BodyReader.ReadAsync(cancellationToken);
            var buffer = chunk.Buffer;
            if (buffer.Length > CommandBody.MaxLength)
            {
                request.BodyReader.AdvanceTo(buffer.End);
                return null;
            }

            if (chunk.IsCompleted)
            {
                var body = buffer.ToArray();
                request.BodyReader.AdvanceTo(buffer.End);
                return Utf8.IsValid(body) ? QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)) : null;
            }

            request.BodyReader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static bool IsForm(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == MediaType.Length || contentType[MediaType.Length] is ';' or ' ');
}
