using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OtpPipeline.Outbox.Sending;

/// <summary>Deletes confirmed rows. A remaining row is sent again when its lease ends, so a failed delete is repeated until then.</summary>
internal sealed partial class ConfirmedRows(
    IOutboxStore store, IOptions<OutboxOptions> options, TimeProvider time, ILogger<ConfirmedRows> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Repeats until the rows are deleted, their lease ends, or the host stops.</summary>
    public async Task DeleteAsync(IReadOnlyCollection<Guid> ids, CancellationToken stopping)
    {
        var start = time.GetTimestamp();
        while (!await TryDeleteAsync(ids) && !stopping.IsCancellationRequested && time.GetElapsedTime(start) < options.Value.Lease)
        {
            await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> TryDeleteAsync(IReadOnlyCollection<Guid> ids)
    {
        try
        {
            // A stop does not cancel this: the rows are sent already, and the driver has its own time-out.
            await store.DeleteAsync(ids, CancellationToken.None);
            return true;
        }
        catch (Exception exception)
        {
            Log.NotDeleted(logger, ids.Count, exception);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning, Message = "{Count} published messages could not be deleted from the outbox and may be sent again")]
        public static partial void NotDeleted(ILogger logger, int count, Exception exception);
    }
}
