using Microsoft.EntityFrameworkCore;

namespace OtpPipeline.Outbox;

/// <summary>Remembers which messages had their effect, for consumers whose whole effect is one transaction.</summary>
public interface IInbox
{
    /// <summary>
    /// Inserts the message in the context's current transaction. False: it was handled before. While another transaction handles the
    /// same message, this waits for its end.
    /// </summary>
    Task<bool> TryInsertAsync(DbContext context, string messageId, string queue, CancellationToken cancellationToken);

    /// <summary>Deletes up to <paramref name="limit"/> rows older than <paramref name="age"/>; the answer is how many.</summary>
    Task<int> PurgeAsync(TimeSpan age, int limit, CancellationToken cancellationToken);
}
