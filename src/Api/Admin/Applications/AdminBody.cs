using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using OtpPipeline.Api.Requests;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Admin.Applications;

/// <summary>Reads the bodies of the calls for applications.</summary>
internal static class AdminBody
{
    private static readonly JsonElement Empty = JsonElement.Parse("{}");

    /// <summary>The object, for longer than the request's buffer lives.</summary>
    public static ValueTask<Result<JsonElement>> ReadAsync(HttpContext http, CancellationToken cancellationToken) =>
        JsonBody.ReadAsync(http.Request, static json => json.Clone(), cancellationToken);

    /// <summary>The same where no body at all stands for an empty object.</summary>
    public static async ValueTask<Result<JsonElement>> ReadOptionalAsync(HttpContext http, CancellationToken cancellationToken) =>
        http.Request.ContentLength == 0 || http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            ? Empty
            : await ReadAsync(http, cancellationToken);
}
