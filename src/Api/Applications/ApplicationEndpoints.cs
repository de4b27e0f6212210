using Microsoft.AspNetCore.Http.HttpResults;
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
        var group = routes.MapGroup("/applications").RequireAuthorization(ApiKeys.AnyScope).WithTags("Applications")
            .WithErrors([ApiErrors.KeyInvalid, ApiErrors.TokenInvalid, .. CommonErrors.OfTheServer]);
        group.MapGet("", List).WithName("listApplications");
        group.MapGet("/scopes", ListScopes).WithName("listScopes");
        group.MapGet("/{applicationId}", Read).WithName("readApplication").WithErrors(ApiErrors.ApplicationNotFound);
    }

    /// <summary>List the application of the key</summary>
    /// <remarks>It sees itself only.</remarks>
    internal static JsonAnswer<ApplicationListAnswer> List(HttpContext http, ApplicationDirectory directory) =>
        new JsonAnswer<ApplicationListAnswer>(
            new([ApplicationListItem.From(http.Caller().Application, directory)]), ApplicationJson.Plain.ApplicationListAnswer);

    /// <summary>List the scopes that exist</summary>
    /// <remarks>What keys and access tokens can be allowed to do.</remarks>
    internal static JsonAnswer<IReadOnlyList<string>> ListScopes() => new(Scopes.All, ApplicationJson.Plain.IReadOnlyListString);

    /// <summary>Read the settings of the application</summary>
    /// <remarks>Settings of services that are not offered here are there for the clients' models, and empty.</remarks>
    /// <param name="applicationId">Id of the application.</param>
    internal static Results<JsonAnswer<ApplicationSettingsAnswer>, ErrorResult> Read(
        string applicationId, HttpContext http, ApplicationDirectory directory)
    {
        var application = http.Caller().Application;
        var known = directory.TokenClientsOf(application.Id).Append(application.Id.ToString("D"))
            .Contains(applicationId, StringComparer.OrdinalIgnoreCase);
        return known
            ? new JsonAnswer<ApplicationSettingsAnswer>(
                ApplicationSettingsAnswer.From(application, directory), ApplicationJson.Plain.ApplicationSettingsAnswer)
            : new ErrorResult(ApiErrors.ApplicationNotFound);
    }
}
