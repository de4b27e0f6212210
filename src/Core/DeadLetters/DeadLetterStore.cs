using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.DeadLetters;

/// <summary>Keeps dead letters, encrypted. A replay that fails again stays the row that it was.</summary>
public sealed class DeadLetterStore(IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets)
{
    /// <summary>A larger body is not kept: it was refused for its size, and would be again.</summary>
    public const int LargestBody = 256 * 1024;

    /// <summary>Names the dead letter that a message is a replay of; a mark that is not ours is ignored.</summary>
    public const string ReplayHeader = "otp-dead-letter";

    private const int LongestReason = 300;
    private const int LongestId = 255;

    /// <param name="queue">Where it was read.</param>
    /// <param name="reason">Why it is here, without anything of what it said.</param>
    /// <param name="original">The message.</param>
    /// <param name="headers">Properties that can hold no secret.</param>
    /// <returns>The id of the dead letter.</returns>
    public async Task<Guid> KeepAsync(string queue, string reason, OriginalMessage original, IReadOnlyDictionary<string, string> headers)
    {
        var id = Guid.CreateVersion7();
        reason = reason.Length > LongestReason ? reason[..LongestReason] : reason;
        await using var context = await contexts.CreateDbContextAsync();
        if (original.Headers.TryGetValue(ReplayHeader, out var mark))
        {
            if (secrets.DecryptReplayMark(mark) is { } replayed && await PutBackAsync(context, replayed, queue, reason))
            {
                return replayed;
            }

            original = original with { Headers = original.Headers.Where(h => !h.Key.Equals(ReplayHeader, StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal) };
        }

        context.Set<DeadLetter>().Add(new()
        {
            Id = id,
            Queue = queue,
            MessageId = original.MessageId is { Length: <= LongestId } messageId && !messageId.Contains('\0') ? secrets
                .EncryptMessageId(id, messageId) : null,
            Reason = reason,
            Headers = JsonSerializer.Serialize(headers, DeadLetterJson.Default.IReadOnlyDictionaryStringString),
            Size = original.Body.Length,
            Original = original.Body.Length > LargestBody ? null : secrets.EncryptDeadLetter(id, original),
        });
        await context.SaveChangesAsync();
        return id;
    }

    /// <summary>False where the row is gone.</summary>
    private static async Task<bool> PutBackAsync(OtpDbContext context, Guid id, string queue, string reason) =>
#pragma warning disable RS0030 // Inside a statement it is the database's clock.
        await context.Set<DeadLetter>().Where(d => d.Id == id && d.Queue == queue)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.Reason, reason).SetProperty(d => d.CreatedAt, d => DateTime.UtcNow)) > 0;
#pragma warning restore RS0030
}
