using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace OtpPipeline.Api.Wire;

/// <summary>Reads a request's body as a form. Nothing that a client sends makes it throw.</summary>
internal static class FormBody
{
    private const string MediaType = "application/x-www-form-urlencoded";

    /// <summary>The fields by their names; null where the body is no form in UTF-8, or is larger than any body may be.</summary>
    public static async ValueTask<IReadOnlyDictionary<string, StringValues>?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!IsForm(request.ContentType) || await RawBody.ReadAsync(request, cancellationToken) is not { } body)
        {
            return null;
        }

        return Utf8.IsValid(body) ? QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)) : null;
    }

    private static bool IsForm(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == MediaType.Length || contentType[MediaType.Length] is ';' or ' ');
}
