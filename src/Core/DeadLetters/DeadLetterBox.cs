using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.DeadLetters;

/// <summary>Keeps dead letters, sealed.</summary>
public sealed class DeadLetterBox(IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets, TimeProvider time)
{
    /// <summary>A larger body is not kept: it was refused for its size, and would be again.</summary>
    public const int LargestBody = 256 * 1024;

    private const int LongestReason = 300;
    private const int LongestId = 255;

    /// <param name="queue">Where it was read.</param>
    /// <param name="reason">Why it is here, without anything of what it said.</param>
    /// <param name="original">The message.</param>
    /// <param name="headers">Properties that can hold no secret.</param>
    public async Task KeepAsync(string queue, string reason, OriginalMessage original, IReadOnlyDictionary<string, string> headers)
    {
        var id = Guid.CreateVersion7();
        await using var context = await contexts.CreateDbContextAsync();
        context.DeadLetters.Add(new()
        {
            Id = id,
            Queue = queue,
            MessageId = original.MessageId is { Length: <= LongestId } messageId && !messageId.Contains('\0') ? messageId : null,
            Reason = reason.Length > LongestReason ? reason[..LongestReason] : reason,
            Headers = JsonSerializer.Serialize(headers, OtpJson.Default.IReadOnlyDictionaryStringString),
            Size = original.Body.Length,
            Original = original.Body.Length > LargestBody ? null : secrets.SealDeadLetter(id, original),

            // For the eye and for the retention, both of which bear a clock that is off.
            CreatedAt = time.GetUtcNow().UtcDateTime,
        });
        await context.SaveChangesAsync();
    }
}
