using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.DeadLetters;

/// <summary>Endpoints that list, replay and discard dead letters.</summary>
/// <remarks>Dead letters are messages from the queues, and rows of the outbox that the broker does not accept.</remarks>
internal static class DeadLetterEndpoints
{
    private const string DeadLetters = "/dead-letters";

    public static void AddDeadLetters(this IServiceCollection services) => services.AddSingleton<DeadLetterService>();

    public static void MapDeadLetters(this RouteGroupBuilder admin)
    {
        admin.MapGet(DeadLetters, ListAsync).WithName("listDeadLetters").WithErrors(ApiErrors.CursorInvalid, ApiErrors.LimitInvalid);
        admin.MapPost(DeadLetters + "/{id}/replay", ReplayAsync).WithName("replayDeadLetter")
            .WithErrors(ApiErrors.DeadLetterNotKept, ApiErrors.BrokerAway);
        admin.MapDelete(DeadLetters + "/{id}", DiscardAsync).WithName("discardDeadLetter");
    }

    /// <summary>List dead letters</summary>
    /// <remarks>Newest first.</remarks>
    /// <param name="queue">Only those of this queue.</param>
    /// <param name="limit">1 to 200; 50 unless given.</param>
    /// <param name="cursor">The next of the answer before.</param>
    internal static async Task<Results<JsonAnswer<DeadLetterPage>, ProblemResult>> ListAsync(
        string? queue, string? limit, string? cursor, DeadLetterService letters, CancellationToken cancellationToken)
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

    /// <summary>Send a dead letter again</summary>
    /// <remarks>
    /// A message goes to its queue as its sender made it; a row of the outbox is due at once. One that fails again is listed once, with a
    /// createdAt after its replayedAt.
    /// </remarks>
    /// <param name="id">Id of the dead letter.</param>
    internal static async Task<Results<JsonAnswer<DeadLetterReplayed>, ProblemResult>> ReplayAsync(
        string id, DeadLetterService letters, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(id, "D", out var letter))
        {
            return new ProblemResult(ApiErrors.PathNotFound);
        }

        return await letters.ReplayAsync(letter, cancellationToken) is { } error
            ? new ProblemResult(error)
            : new JsonAnswer<DeadLetterReplayed>(new(letter), DeadLetterJson.Plain.DeadLetterReplayed);
    }

    /// <summary>Discard a dead letter</summary>
    /// <remarks>For good: it can no longer be sent again.</remarks>
    /// <param name="id">Id of the dead letter.</param>
    internal static async Task<Results<NoContent, ProblemResult>> DiscardAsync(
        string id, DeadLetterService letters, CancellationToken cancellationToken)
    {
        var error = Guid.TryParseExact(id, "D", out var letter)
            ? await letters.DiscardAsync(letter, cancellationToken)
            : ApiErrors.PathNotFound;
        return error is null ? TypedResults.NoContent() : new ProblemResult(error);
    }

    private static bool TryLimit(string? text, out int limit)
    {
        limit = 50;
        return text is null || (int.TryParse(text, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= 200);
    }
}
