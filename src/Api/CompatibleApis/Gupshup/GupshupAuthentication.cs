using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Applications.Lookup;

namespace OtpPipeline.Api.CompatibleApis.Gupshup;

/// <summary>The caller of a request.</summary>
/// <param name="Application">An active application.</param>
/// <param name="Key">Its two-factor key; null for the user of GatewayAPI, who names none.</param>
internal sealed record GupshupCaller(Application Application, ApplicationIdentifier? Key);

/// <summary>Authenticates callers of each variant. Every request is counted; failed credentials count by address.</summary>
internal sealed class GupshupAuthentication(ApplicationDirectory directory, RequestAdmission admission, KeyUsage usage)
{
    private const string Header = "apikey";

    /// <summary>Takes an API key in the header, and a two-factor key of the same application.</summary>
    public async Task<(GupshupCaller? Caller, IResult? Refused)> ByApiKeyAsync(HttpContext http, string? key)
    {
        var header = http.Request.Headers[Header];
        var caller = header.Count == 1 ? await directory.FindByKeyAsync(header.ToString().Trim(), http.RequestAborted) : null;
        if (caller is not null)
        {
            usage.Note(caller.KeyId);
        }

        var found = key is not null
            && caller?.Scopes.Contains(Scopes.Otp, StringComparer.Ordinal) == true ? await directory.FindAsync(IdentifierKind.GupshupKey, key, http.RequestAborted) : null;
        return await AuthorizeAsync(
            http, GupshupShape.Json, caller, found is not null && found.Application.Id == caller!.Application.Id ? found : null);
    }

    /// <summary>Takes only the two-factor key.</summary>
    public async Task<(GupshupCaller? Caller, IResult? Refused)> ByKeyAsync(HttpContext http, GupshupShape shape, string? key)
    {
        var found = key is null ? null : await directory.FindAsync(IdentifierKind.GupshupKey, key, http.RequestAborted);
        return await AuthorizeAsync(http, shape, Counted(found), found);
    }

    /// <summary>Takes the user of GatewayAPI with the password.</summary>
    public async Task<(GupshupCaller? Caller, IResult? Refused)> ByUserAsync(
        HttpContext http, GupshupShape shape, string? user, string? password)
    {
        var found = user is null
            || password is null ? null : await directory.FindAsync(IdentifierKind.GupshupUser, user, password, http.RequestAborted);
        return await AuthorizeAsync(http, shape, Counted(found), found);
    }

    private static Caller? Counted(Identified? found) => found is null ? null : new(found.Application, found.Identifier.Id, []);

    private async Task<(GupshupCaller? Caller, IResult? Refused)> AuthorizeAsync(
        HttpContext http, GupshupShape shape, Caller? counted, Identified? found)
    {
        if (!directory.IsLoaded)
        {
            return (null, new ErrorResult(ApiErrors.StoreAway));
        }

        if (await admission.CountAsync(http, counted) is { } tooMany)
        {
            return (null, new ErrorResult(tooMany));
        }

        return found is { Application.Active: true }
            ? (new(found.Application, found.Identifier.Kind == IdentifierKind.GupshupKey ? found.Identifier : null), null)
            : (null, new GupshupResult(shape, GupshupCodes.WrongKey));
    }
}
