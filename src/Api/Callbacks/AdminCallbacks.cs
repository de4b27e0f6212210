using System.ComponentModel;
using System.Globalization;
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

/// <summary>What POST /admin/callbacks/replay takes, for the description only.</summary>
public sealed record ReplayRangeBody
{
    [Description("parked (default), delivered or pending.")]
    public string? Status { get; init; }

    [Description("Only callbacks of this application.")]
    public string? Application { get; init; }

    [Description("Made at this moment or later, such as 2026-11-20T10:00:00Z.")]
    public string? From { get; init; }

    [Description("Made before this moment.")]
    public string? To { get; init; }

    [Description("The cursor of the answer before, to go on.")]
    public string? Cursor { get; init; }
}

/// <summary>Callbacks of all applications: what is parked and why, and sending it again.</summary>
internal static class AdminCallbacks
{
    private const int PageSize = 100;
    private const int ReplayBatch = 500;
    private const int MaxBatches = 100;
    private static readonly OtpError CursorInvalid = ApiErrors.Parameter("cursor", "the 'next' of an answer before");

    public static void MapAdminCallbacks(this RouteGroupBuilder admin)
    {
        admin.MapGet("/callbacks", ListAsync).DescribeAdmin(
            "adminListCallbacks", "List callbacks", "Newest first by the database's clock, 100 a page; by status (parked unless given), application and the time of their making.",
            body: null, StatusCodes.Status200OK, typeof(CallbackPageAnswer));
        admin.MapPost("/callbacks/replay", ReplayRangeAsync).DescribeAdmin(
            "adminReplayCallbacks", "Send a range of callbacks again",
            "By status (parked unless given), application and the time of their making; at least one must be given. Up to 50,000 a call, of which the answer tells whether there are more.",
            typeof(ReplayRangeBody), StatusCodes.Status202Accepted, typeof(ReplayCountAnswer));
        admin.MapPost("/callbacks/{callbackId}/replay", ReplayAsync).DescribeAdmin(
            "adminReplayCallback", "Send a callback again", "The stored body under the same webhook-id, with the whole schedule of retries before it.",
            body: null, StatusCodes.Status202Accepted, typeof(ReplayAnswer));
    }

    private static async Task<IResult> ListAsync(
        string? status, string? application, string? from, string? to, string? cursor, ICallbackStore store, OtpSecrets secrets, CancellationToken cancellationToken)
    {
        var result = Validate(new() { Status = status, Application = application, From = from, To = to });
        if (result.Error is { } error)
        {
            return new ProblemResult(error);
        }

        PageCursor last = default;
        if (!string.IsNullOrEmpty(cursor) && !PageCursor.TryParse(cursor, out last))
        {
            return new ProblemResult(CursorInvalid);
        }

        var after = string.IsNullOrEmpty(cursor) ? (CallbackPlace?)null : new CallbackPlace(last.At, last.Id);
        var rows = await store.ListAsync(result.Value, after, PageSize, cancellationToken);
        var next = rows.Count < PageSize ? null : new PageCursor(rows[^1].Callback.CreatedAt, rows[^1].Callback.Id).ToString();
        var page = new CallbackPageAnswer([.. rows.Select(r => CallbackAnswer.From(r, secrets))], next);
        return new JsonAnswer<CallbackPageAnswer>(page, CallbackJson.Plain.CallbackPageAnswer);
    }

    private static async Task<IResult> ReplayAsync(string callbackId, ICallbackStore store, CancellationToken cancellationToken) =>
        DashedId.TryParse(callbackId, out var id) && await store.ReplayAsync(id, applicationId: null, otpId: null, cancellationToken)
            ? new JsonAnswer<ReplayAnswer>(new(new(id)), CallbackJson.Plain.ReplayAnswer, StatusCodes.Status202Accepted)
            : new ProblemResult(ApiErrors.CallbackNotFound);

    private static async Task<IResult> ReplayRangeAsync(HttpContext http, ICallbackStore store, CancellationToken cancellationToken)
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
            return new ProblemResult(CursorInvalid);
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
        return new JsonAnswer<ReplayCountAnswer>(new(count, cursor), CallbackJson.Plain.ReplayCountAnswer, StatusCodes.Status202Accepted);
    }

    private static Result<CallbackFilter> Validate(ReplayRangeBody given)
    {
        var status = CallbackStatus.Parked;
        if (given.Status is { } text && !EnumText<CallbackStatus>.TryParse(text, out status))
        {
            return ApiErrors.Parameter("status", "parked, delivered or pending");
        }

        if (!TryId(given.Application, out var application))
        {
            return ApiErrors.Parameter("application", "the UUID of an application");
        }

        if (!TryMoment(given.From, out var from) || !TryMoment(given.To, out var to))
        {
            return ApiErrors.Parameter("from' or 'to", "a moment, such as 2026-11-20T10:00:00Z");
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
        var given = DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var value);
        moment = given ? value : null;
        return given || string.IsNullOrEmpty(text);
    }
}
