using System.Globalization;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.DeadLetters;

/// <summary>What could not be handled, and how it is sent again: messages from the queues, and rows of the outbox that no broker takes.</summary>
internal static class DeadLetterEndpoints
{
    private const string DeadLetters = "/dead-letters";

    public static void AddDeadLetters(this IServiceCollection services) => services.AddSingleton<DeadLetterService>();

    public static void MapDeadLetters(this RouteGroupBuilder admin)
    {
        admin.MapGet(DeadLetters, ListAsync).DescribeAdmin(
            "listDeadLetters", "List dead letters", "Newest first. Query: queue, limit (1 to 200, default 50), cursor (the answer's next).",
            body: null, StatusCodes.Status200OK, typeof(DeadLetterPage));
        admin.MapPost(DeadLetters + "/{id}/replay", ReplayAsync).DescribeAdmin(
            "replayDeadLetter", "Send a dead letter again", "A message goes to its queue as its sender made it; a row of the outbox is due at once. One that fails again is listed once, with a createdAt after its replayedAt.",
            body: null, StatusCodes.Status200OK, typeof(DeadLetterReplayed));
        admin.MapDelete(DeadLetters + "/{id}", DiscardAsync).DescribeAdmin(
            "discardDeadLetter", "Discard a dead letter", "For good: it can no longer be sent again.", body: null, StatusCodes.Status204NoContent, answer: null);
    }

    private static async Task<IResult> ListAsync(string? queue, string? limit, string? cursor, DeadLetterService letters, CancellationToken cancellationToken)
    {
        PageCursor before = default;
        if (cursor is not null && !PageCursor.TryParse(cursor, out before))
        {
            return new ProblemResult(ApiErrors.CursorInvalid);
        }

        if (!TryLimit(limit, out var count))
        {
            return new ProblemResult(ApiErrors.LimitInvalid);
        }

        var page = await letters.ListAsync(queue, cursor is null ? null : before, count, cancellationToken);
        return new JsonAnswer<DeadLetterPage>(page, DeadLetterJson.Plain.DeadLetterPage);
    }

    private static async Task<IResult> ReplayAsync(string id, DeadLetterService letters, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(id, "D", out var letter))
        {
            return new ProblemResult(ApiErrors.PathNotFound);
        }

        return await letters.ReplayAsync(letter, cancellationToken) is { } error
            ? new ProblemResult(error)
            : new JsonAnswer<DeadLetterReplayed>(new(letter), DeadLetterJson.Plain.DeadLetterReplayed);
    }

    private static async Task<IResult> DiscardAsync(string id, DeadLetterService letters, CancellationToken cancellationToken)
    {
        var error = Guid.TryParseExact(id, "D", out var letter) ? await letters.DiscardAsync(letter, cancellationToken) : ApiErrors.PathNotFound;
        return error is null ? Results.NoContent() : new ProblemResult(error);
    }

    private static bool TryLimit(string? text, out int limit)
    {
        limit = 50;
        return text is null || (int.TryParse(text, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= 200);
    }
}
