using System.Globalization;
using OtpPipeline.Api.Dialects;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Wire;

namespace OtpPipeline.Api.Admin;

/// <summary>What could not be handled, and how it is sent again: messages from the queues, and rows of the outbox that no broker takes.</summary>
internal static class DeadLetterEndpoints
{
    private const string DeadLetters = "/dead-letters";

    public static RouteGroupBuilder MapDeadLetters(this RouteGroupBuilder admin)
    {
        admin.MapGet(DeadLetters, ListAsync).DescribeAdmin(
            "listDeadLetters", "List dead letters", "Newest first. Query: queue, limit (1 to 200, default 50), cursor (the answer's next).",
            body: null, StatusCodes.Status200OK, typeof(DeadLetterPage));
        admin.MapPost(DeadLetters + "/{id}/replay", ReplayAsync).DescribeAdmin(
            "replayDeadLetter", "Send a dead letter again", "A message goes to its queue as its sender made it; a row of the outbox is due at once. One that fails again is listed once, with a createdAt after its replayedAt.",
            body: null, StatusCodes.Status200OK, typeof(DeadLetterReplayed));
        admin.MapDelete(DeadLetters + "/{id}", DiscardAsync).DescribeAdmin(
            "discardDeadLetter", "Discard a dead letter", "For good: it can no longer be sent again.", body: null, StatusCodes.Status204NoContent, answer: null);
        return admin;
    }

    private static async Task<IResult> ListAsync(string? queue, string? limit, string? cursor, DeadLetterDesk desk, CancellationToken cancellationToken)
    {
        PageCursor before = default;
        if (cursor is not null && !PageCursor.TryParse(cursor, out before))
        {
            return new Problem(ApiRefusals.CursorInvalid);
        }

        if (!TryLimit(limit, out var count))
        {
            return new Problem(ApiRefusals.LimitInvalid);
        }

        return AdminAnswers.Page(await desk.ListAsync(queue, cursor is null ? null : before, count, cancellationToken));
    }

    private static async Task<IResult> ReplayAsync(string id, DeadLetterDesk desk, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(id, "D", out var letter))
        {
            return new Problem(ApiRefusals.PathNotFound);
        }

        return await desk.ReplayAsync(letter, cancellationToken) is { } refusal ? new Problem(refusal) : AdminAnswers.Replayed(letter);
    }

    private static async Task<IResult> DiscardAsync(string id, DeadLetterDesk desk, CancellationToken cancellationToken)
    {
        var refusal = Guid.TryParseExact(id, "D", out var letter) ? await desk.DiscardAsync(letter, cancellationToken) : ApiRefusals.PathNotFound;
        return refusal is null ? Results.NoContent() : new Problem(refusal);
    }

    private static bool TryLimit(string? text, out int limit)
    {
        limit = 50;
        return text is null || (int.TryParse(text, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= 200);
    }
}
