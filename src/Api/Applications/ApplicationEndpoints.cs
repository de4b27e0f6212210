using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Lookup;

namespace OtpPipeline.Api.Applications;

/// <summary>What an application may read of itself. Of others it learns nothing, not even that they exist.</summary>
internal static class ApplicationEndpoints
{
    public static void MapApplications(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/applications").RequireAuthorization(ApiKeys.AnyScope).WithTags("Applications");
        group.MapGet("", List).Describe(
            "listApplications", "List the application of the key", "It sees itself only.", body: null, StatusCodes.Status200OK, typeof(ApplicationListAnswer));
        group.MapGet("/scopes", ListScopes).Describe(
            "listScopes", "List the scopes that exist", "What keys and access tokens can be allowed to do.", body: null, StatusCodes.Status200OK, typeof(IReadOnlyList<string>));
        group.MapGet("/{applicationId}", Read).Describe(
            "readApplication", "Read the settings of the application", "Settings of services that are not offered here are there for the clients' models, and empty.",
            body: null, StatusCodes.Status200OK, typeof(ApplicationSettingsAnswer));
    }

    private static IResult List(HttpContext http, ApplicationDirectory directory) =>
        new JsonAnswer<ApplicationListAnswer>(new([ApplicationListItem.From(http.Caller().Application, directory)]), ApplicationJson.Plain.ApplicationListAnswer);

    private static IResult ListScopes() => new JsonAnswer<IReadOnlyList<string>>(Scopes.All, ApplicationJson.Plain.IReadOnlyListString);

    private static IResult Read(string applicationId, HttpContext http, ApplicationDirectory directory)
    {
        var application = http.Caller().Application;
        var known = directory.TokenClientsOf(application.Id).Append(application.Id.ToString("D")).Contains(applicationId, StringComparer.OrdinalIgnoreCase);
        return known
            ? new JsonAnswer<ApplicationSettingsAnswer>(ApplicationSettingsAnswer.From(application, directory), ApplicationJson.Plain.ApplicationSettingsAnswer)
            : new ErrorResult(ApiErrors.ApplicationNotFound);
    }
}
