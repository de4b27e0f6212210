using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications.Lookup;

/// <summary>Reads snapshots of applications and keys, and keeps the newest one.</summary>
internal sealed partial class SnapshotReader(IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets, ILogger logger)
{
    private readonly Lock _replacing = new();
    private long _begun;
    private volatile ApplicationSnapshot _current = ApplicationSnapshot.Empty;

    public ApplicationSnapshot Current => _current;

    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _begun);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var snapshot = await ApplicationSnapshot.ReadAsync(context, number, Decrypt, cancellationToken);
        lock (_replacing)
        {
            // The read that began later is newer, whichever ends first.
            if (snapshot.Number > _current.Number)
            {
                _current = snapshot;
            }
        }
    }

    /// <summary>
    /// Null when a secret cannot be decrypted: without its signature, a subscriber that knows only this secret would see a forgery.
    /// </summary>
    private IReadOnlyList<byte[]>? Decrypt(IEnumerable<WebhookSecret> rows)
    {
        try
        {
            var valid = rows.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Id).Take(WebhookSecret.ValidAtOnce);
            return [.. valid.Select(secrets.DecryptWebhookSecret)];
        }
        catch (CryptographicException failure)
        {
            Log.SecretUnreadable(logger, failure.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Error, Message = "A webhook secret cannot be opened; the callbacks of its application wait ({Error})")]
        public static partial void SecretUnreadable(ILogger logger, string error);
    }
}
