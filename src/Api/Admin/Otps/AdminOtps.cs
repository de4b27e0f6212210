using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Otps;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Admin.Otps;

/// <summary>One page of OTPs of all applications, newest first.</summary>
/// <param name="Data">The OTPs with their applications.</param>
/// <param name="Next">Cursor of the next page; null on the last one. A page may be short, or empty, although a next one exists.</param>
public sealed record AdminOtpPageAnswer(IReadOnlyList<AdminOtpAnswer> Data, string? Next);

/// <summary>An OTP and its application.</summary>
/// <param name="ApplicationId">The application that owns it.</param>
/// <param name="Otp">The OTP as GET /otp/{otpId} shows it.</param>
public sealed record AdminOtpAnswer(Guid ApplicationId, OtpAnswer Otp);

/// <summary>GET /admin/otp: OTPs of all applications.</summary>
internal static class AdminOtps
{
    private static readonly OtpError[] Errors = [.. FindOtps.Errors, AdminErrors.OtpApplicationInvalid];

    public static void MapAdminOtps(this RouteGroupBuilder admin) =>
        admin.MapGet("/otp", HandleAsync).WithName("adminFindOtps").WithErrors(Errors);

    /// <summary>Find OTPs of all applications</summary>
    /// <remarks>
    /// Those that match all parameters, newest first by the database's clock, 100 a page. Go on while there is a next: a page whose
    /// parameters match few OTPs may be short, or empty.
    /// </remarks>
    /// <param name="applicationId">Only those of this application.</param>
    /// <param name="recipient">Phone number, e-mail address or chat id, in any spelling that a request may have.</param>
    /// <param name="countryIso">Two letters, for a recipient that is a national phone number.</param>
    /// <param name="trackId">The trackId of the request.</param>
    /// <param name="externalId">The externalId of the request.</param>
    /// <param name="status">pending, verified, expired, cancelled or failed.</param>
    /// <param name="channel">The channel of the request; it also says what the recipient is.</param>
    /// <param name="from">Requested at this moment or later, such as 2026-11-20T10:00:00Z.</param>
    /// <param name="to">Requested before this moment.</param>
    /// <param name="cursor">The next of the answer before.</param>
    internal static async Task<Results<JsonAnswer<AdminOtpPageAnswer>, ProblemResult>> HandleAsync(
        string? applicationId, string? recipient, string? countryIso, string? trackId, string? externalId, string? status, string? channel,
        string? from, string? to, string? cursor, OtpReader reader, OtpSecrets secrets, CancellationToken cancellationToken)
    {
        Guid application = default;
        if (applicationId is not null && !DashedId.TryParse(applicationId, out application))
        {
            return new ProblemResult(AdminErrors.OtpApplicationInvalid);
        }

        var filter = new OtpSearchRequest(recipient, countryIso, trackId, externalId, status, channel, from, to)
            .Validate(application: null, secrets);
        if (filter.Error is { } error)
        {
            return new ProblemResult(error);
        }

        if (!FindOtps.TryCursor(cursor, out var after))
        {
            return new ProblemResult(ApiErrors.CursorInvalid);
        }

        var found = filter.Value with { ApplicationId = applicationId is null ? null : application };
        var page = await reader.ListAsync(application: null, found, after, FindOtps.PageSize, cancellationToken);
        return new JsonAnswer<AdminOtpPageAnswer>(
            new([.. page.Otps.Select(o => new AdminOtpAnswer(o.Otp.ApplicationId, OtpAnswer.Create(o)))], FindOtps.CursorOf(page)),
            AdminOtpJson.Plain.AdminOtpPageAnswer);
    }
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AdminOtpPageAnswer))]
internal sealed partial class AdminOtpJson : JsonSerializerContext
{
    public static readonly AdminOtpJson Plain = new(ApiJson.NewOptions());
}
