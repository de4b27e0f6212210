using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Applications.Lookup;

namespace OtpPipeline.Api.CompatibleApis.Beem;

/// <summary>Authenticates the caller by HTTP Basic; all requests with one pair share a counter.</summary>
internal static class BeemCaller
{
    /// <summary>The application, or the answer that refuses the call.</summary>
    public static async Task<(Application? Application, IResult? Refused)> FindAsync(
        HttpContext http, ApplicationDirectory directory, RequestAdmission admission)
    {
        if (!directory.IsLoaded)
        {
            return (null, new ErrorResult(ApiErrors.StoreAway));
        }

        var given = BasicCredentials.TryRead(http.Request, out var pair);
        var found = given ? await directory.FindAsync(IdentifierKind.BeemKey, pair.Name, pair.Password, http.RequestAborted) : null;
        if (await admission.CountAsync(http, found is null ? null : new(found.Application, found.Identifier.Id, [])) is { } tooMany)
        {
            return (null, new ErrorResult(tooMany));
        }

        if (found is not null)
        {
            return found.Application.Active ? (found.Application, null) : (null, BeemAnswers.Refused(BeemCodes.ApplicationInactive));
        }

        if (http.Request.Headers.Authorization.Count == 0 || (given && (pair.Name.Length == 0 || pair.Password.Length == 0)))
        {
            return (null, BeemAnswers.Refused(BeemCodes.CredentialsMissing));
        }

        http.Response.Headers.WWWAuthenticate = BasicCredentials.Challenge;
        return (null, BeemAnswers.Refused(BeemCodes.CredentialsWrong, StatusCodes.Status401Unauthorized));
    }
}
