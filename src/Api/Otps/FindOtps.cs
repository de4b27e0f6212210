using Microsoft.AspNetCore.Http.HttpResults;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Otps;

/// <summary>One page of OTPs, newest first.</summary>
/// <param name="Data">The OTPs, each as GET /otp/{otpId} shows it.</param>
/// <param name="Next">Cursor of the next page; null on the last one. A page may be short, or empty, although a next one exists.</param>
public sealed record OtpPageAnswer(IReadOnlyList<OtpAnswer> Data, string? Next);

/// <summary>GET /otp.</summary>
internal static class FindOtps
{
    public const int PageSize = 100;

    public static readonly OtpError[] Errors =
    [
        OtpErrors.ChannelInvalid, OtpErrors.CountryInvalid, OtpErrors.TrackIdInvalid, OtpErrors.ExternalIdInvalid,
        .. CommonErrors.Of(typeof(SearchErrors)).Select(e => e.Error), ApiErrors.CursorInvalid,
    ];

    /// <summary>Find OTPs</summary>
    /// <remarks>
    /// Those of the caller's application that match all parameters, newest first by the database's clock, 100 a page. Go on while there is
    /// a next: a page whose parameters match few OTPs may be short, or empty.
    /// </remarks>
    /// <param name="recipient">Phone number, e-mail address or chat id, in any spelling that a request may have.</param>
    /// <param name="countryIso">Two letters, for a recipient that is a national phone number.</param>
    /// <param name="trackId">The trackId of the request.</param>
    /// <param name="externalId">The externalId of the request.</param>
    /// <param name="status">pending, verified, expired, cancelled or failed.</param>
    /// <param name="channel">The channel of the request; it also says what the recipient is.</param>
    /// <param name="from">Requested at this moment or later, such as 2026-11-20T10:00:00Z.</param>
    /// <param name="to">Requested before this moment.</param>
    /// <param name="cursor">The next of the answer before.</param>
    public static async Task<Results<JsonAnswer<OtpPageAnswer>, ErrorResult>> HandleAsync(
        string? recipient, string? countryIso, string? trackId, string? externalId, string? status, string? channel, string? from,
        string? to, string? cursor, HttpContext http, OtpReader reader, OtpSecrets secrets, CancellationToken cancellationToken)
    {
        var filter = new OtpSearchRequest(recipient, countryIso, trackId, externalId, status, channel, from, to)
            .Validate(http.Caller().Application, secrets);
        if (filter.Error is { } error)
        {
            return new ErrorResult(error);
        }

        if (!TryCursor(cursor, out var after))
        {
            return new ErrorResult(ApiErrors.CursorInvalid);
        }

        var page = await reader.ListAsync(http.Caller().Application, filter.Value, after, PageSize, cancellationToken);
        return new JsonAnswer<OtpPageAnswer>(
            new([.. page.Otps.Select(OtpAnswer.Create)], CursorOf(page)), OtpResponseJson.Plain.OtpPageAnswer);
    }

    /// <summary>False for a cursor that no answer gave; null for the first page.</summary>
    public static bool TryCursor(string? text, out OtpPlace? after)
    {
        PageCursor cursor = default;
        var given = !string.IsNullOrEmpty(text);
        var valid = !given || PageCursor.TryParse(text!, out cursor);
        after = given && valid ? new OtpPlace(cursor.At, cursor.Id) : null;
        return valid;
    }

    public static string? CursorOf(OtpPage<OtpView> page) =>
        page.Next is { } next ? new PageCursor(next.CreatedAt, next.Id).ToString() : null;
}
