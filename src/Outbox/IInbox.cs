using Microsoft.EntityFrameworkCore;

namespace OtpPipeline.Outbox;

/// <summary>Remembers handled messages, for consumers whose whole effect is one transaction.</summary>
public interface IInbox
{
    /// <summary>
    /// Inserts the message in the context's current transaction; false if it was handled before. Waits while another transaction handles
    /// the same message.
    /// </summary>
    Task<bool> TryInsertAsync(DbContext context, string messageId, string queue, CancellationToken cancellationToken);

    /// <summary>Deletes up to <paramref name="limit"/> rows older than <paramref name="age"/>; returns the number deleted.</summary>
    Task<int> PurgeAsync(TimeSpan age, int limit, CancellationToken cancellationToken);
}
