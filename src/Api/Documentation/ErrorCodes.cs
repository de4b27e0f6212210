using System.Net;
using System.Reflection;
using System.Text;
using OtpPipeline.Api.Admin;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Errors;

namespace OtpPipeline.Api.Documentation;

/// <summary>GET /docs/errors: every code that the native API answers with. Each error body links here.</summary>
internal static class ErrorCodes
{
    private static readonly Lazy<string> Page = new(Render);

    public static IReadOnlyList<OtpError> All { get; } =
    [
        .. new[] { typeof(OtpErrors), typeof(ApiErrors), typeof(AdminErrors) }
            .SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(f => f.GetValue(null))
            .OfType<OtpError>()
            .Append(OtpErrors.CallbackNetworkRefused(IPNetwork.Parse("10.0.0.0/8")))
            .Append(OtpErrors.TooManySends("hour", TimeSpan.FromHours(1)))
            .Append(OtpErrors.TooSoon(TimeSpan.FromMinutes(1)))
            .Append(OtpErrors.CoolingOff(TimeSpan.FromHours(1)))
            .OrderBy(r => r.Code),
    ];

    public static void MapErrorCodes(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/docs/errors", [HttpMethods.Get, HttpMethods.Head], static (HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "no-cache";
            return TypedResults.Content(Page.Value, "text/html; charset=utf-8");
        }).ExcludeFromDescription();

    private static string Render()
    {
        var page = new StringBuilder(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Error codes</title><h1>Error codes</h1>"
            + "<table><thead><tr><th>Code</th><th>HTTP</th><th>Type</th><th>Message</th></tr></thead><tbody>\n");
        foreach (var codes in All.GroupBy(r => r.Code))
        {
            var anchor = $" id=\"{codes.Key}\"";
            foreach (var error in codes)
            {
                page.Append("<tr").Append(anchor).Append("><td>").Append(error.Code)
                    .Append("</td><td>").Append(ErrorStatus.From(error))
                    .Append("</td><td>").Append(error.Type)
                    .Append("</td><td>").Append(WebUtility.HtmlEncode(error.Message)).Append("</td></tr>\n");
                anchor = "";
            }
        }

        return page.Append("</tbody></table></html>\n").ToString();
    }
}
