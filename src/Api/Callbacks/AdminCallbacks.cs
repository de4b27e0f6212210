using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using OtpPipeline.Api.Admin;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Callbacks;

/// <summary>What POST /admin/callbacks/replay takes.</summary>
public sealed record ReplayRangeBody
{
    /// <summary>parked unless given.</summary>
    [WordsOf<CallbackStatus>]
    public string? Status { get; init; }

    /// <summary>Only callbacks of this application.</summary>
    public string? Application { get; init; }

    /// <summary>Made at this moment or later, such as 2026-11-20T10:00:00Z.</summary>
    public string? From { get; init; }

    /// <summary>Made before this moment.</summary>
    public string? To { get; init; }

    /// <summary>The cursor of the answer before, to go on.</summary>
    public string? Cursor { get; init; }
}

/// <summary>Callbacks of all applications: what is parked and why, and sending it again.</summary>
internal static class AdminCallbacks
{
    private const int PageSize = 100;
    private const int ReplayBatch = 500;
    private const int MaxBatches = 100;
    private static readonly OtpError[] FilterErrors =
    [
        AdminErrors.CallbackStatusInvalid, AdminErrors.CallbackApplicationInvalid, AdminErrors.CallbackTimeInvalid,
        AdminErrors.CallbackCursorInvalid,
    ];

    public static void MapAdminCallbacks(this RouteGroupBuilder admin)
    {
        admin.MapGet("/callbacks", ListAsync).WithName("adminListCallbacks").WithErrors(FilterErrors);
        admin.MapPost("/callbacks/replay", ReplayRangeAsync).WithName("adminReplayCallbacks").Takes<ReplayRangeBody>()
            .WithErrors([.. FilterErrors, ApiErrors.RangeMissing]);
        admin.MapPost("/callbacks/{callbackId}/replay", ReplayAsync).WithName("adminReplayCallback").WithErrors(ApiErrors.CallbackNotFound);
    }

    /// <summary>List callbacks</summary>
    /// <remarks>Newest first by the database's clock, 100 a page.</remarks>
    /// <param name="status">pending, delivered or parked; parked unless given.</param>
    /// <param name="application">Only those of this application.</param>
    /// <param name="cursor">The next of the answer before.</param>
    /// <param name="from">Made at this moment or later, such as 2026-11-20T10:00:00Z.</param>
    /// <param name="to">Made before this moment.</param>
    internal static async Task<Results<JsonAnswer<CallbackPageAnswer>, ProblemResult>> ListAsync(
        string? status, string? application, string? from, string? to, string? cursor, ICallbackStore store, OtpSecrets secrets,
        CancellationToken cancellationToken)
    {
        var result = Validate(new() { Status = status, Application = application, From = from, To = to });
        if (result.Error is { } error)
        {
            return new ProblemResult(error);
        }

        PageCursor last = default;
        if (!string.IsNullOrEmpty(cursor) && !PageCursor.TryParse(cursor, out last))
        {
            return new ProblemResult(AdminErrors.CallbackCursorInvalid);
        }

        var after = string.IsNullOrEmpty(cursor) ? (CallbackPlace?)null : new CallbackPlace(last.At, last.Id);
        var rows = await store.ListAsync(result.Value, after, PageSize, cancellationToken);
        var next = rows.Count < PageSize ? null : new PageCursor(rows[^1].Callback.CreatedAt, rows[^1].Callback.Id).ToString();
        var page = new CallbackPageAnswer([.. rows.Select(r => CallbackAnswer.From(r, secrets))], next);
        return new JsonAnswer<CallbackPageAnswer>(page, CallbackJson.Plain.CallbackPageAnswer);
    }

    /// <summary>Send a callback again</summary>
    /// <remarks>The stored body under the same webhook-id, with the whole schedule of retries before it.</remarks>
    /// <param name="callbackId">Id of the callback.</param>
    internal static async Task<Results<AcceptedAnswer<ReplayAnswer>, ProblemResult>> ReplayAsync(
        string callbackId, ICallbackStore store, CancellationToken cancellationToken) =>
        DashedId.TryParse(callbackId, out var id) && await store.ReplayAsync(id, otp: null, cancellationToken)
            ? new AcceptedAnswer<ReplayAnswer>(new(new(id)), CallbackJson.Plain.ReplayAnswer)
            : new ProblemResult(ApiErrors.CallbackNotFound);

    /// <summary>Send a range of callbacks again</summary>
    /// <remarks>
    /// By status (parked unless given), application and the time of their making; at least one must be given. Up to 50,000 a call, of
    /// which the answer tells whether there are more.
    /// </remarks>
    internal static async Task<Results<AcceptedAnswer<ReplayCountAnswer>, ProblemResult>> ReplayRangeAsync(
        HttpContext http, ICallbackStore store, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(
            http.Request,
            static json => new ReplayRangeBody
            {
                Status = JsonField.From(json, "status").Text,
                Application = JsonField.From(json, "application").Text,
                From = JsonField.From(json, "from").Text,
                To = JsonField.From(json, "to").Text,
                Cursor = JsonField.From(json, "cursor").Text,
            },
            cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ProblemResult(unreadable);
        }

        if (body.Value is { Status: null, Application: null, From: null, To: null })
        {
            return new ProblemResult(ApiErrors.RangeMissing);
        }

        var result = Validate(body.Value);
        if (result.Error is { } error)
        {
            return new ProblemResult(error);
        }

        if (!TryId(body.Value.Cursor, out var cursor))
        {
            return new ProblemResult(AdminErrors.CallbackCursorInvalid);
        }

        var filter = result.Value;
        var count = 0;
        for (var i = 0; i < MaxBatches; i++)
        {
            var batch = await store.ReplayAsync(filter, cursor, ReplayBatch, cancellationToken);
            count += batch.Count;
            cursor = batch.Last;
            if (cursor is null)
            {
                break;
            }
        }

        AdminChanges.Note(http, $"{count} callbacks of {filter.ApplicationId?.ToString("D") ?? "all applications"}");
        return new AcceptedAnswer<ReplayCountAnswer>(new(count, cursor), CallbackJson.Plain.ReplayCountAnswer);
    }

    private static Result<CallbackFilter> Validate(ReplayRangeBody given)
    {
        var status = CallbackStatus.Parked;
        if (given.Status is { } text && !EnumText<CallbackStatus>.TryParse(text, out status))
        {
            return AdminErrors.CallbackStatusInvalid;
        }

        if (!TryId(given.Application, out var application))
        {
            return AdminErrors.CallbackApplicationInvalid;
        }

        if (!TryMoment(given.From, out var from) || !TryMoment(given.To, out var to))
        {
            return AdminErrors.CallbackTimeInvalid;
        }

        return new CallbackFilter(status, application, from, to);
    }

    private static bool TryId(string? text, out Guid? id)
    {
        var given = Guid.TryParseExact(text, "D", out var value);
        id = given ? value : null;
        return given || string.IsNullOrEmpty(text);
    }

    private static bool TryMoment(string? text, out DateTime? moment)
    {
        var given = DateTime.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var value);
        moment = given ? value : null;
        return given || string.IsNullOrEmpty(text);
    }
}
