using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.DeadLetters;

/// <summary>Stores dead letters, encrypted. A replay that fails again keeps its row.</summary>
public sealed class DeadLetterStore(IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets)
{
    /// <summary>Larger bodies are not stored: they were refused for their size, and a replay would be too.</summary>
    public const int LargestBody = 256 * 1024;

    /// <summary>Header that names the dead letter of a replay; a forged mark is ignored.</summary>
    public const string ReplayHeader = "otp-dead-letter";

    private const int LongestReason = 300;
    private const int LongestId = 255;

    /// <param name="queue">The queue it was read from.</param>
    /// <param name="reason">The reason, without any content of the message.</param>
    /// <param name="original">The message.</param>
    /// <param name="headers">Properties that cannot hold a secret.</param>
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

    /// <summary>Returns false when the row no longer exists.</summary>
    private static async Task<bool> PutBackAsync(OtpDbContext context, Guid id, string queue, string reason) =>
#pragma warning disable RS0030 // Inside a statement it is the database's clock.
        await context.Set<DeadLetter>().Where(d => d.Id == id && d.Queue == queue)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.Reason, reason).SetProperty(d => d.CreatedAt, d => DateTime.UtcNow)) > 0;
#pragma warning restore RS0030
}
