using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Database;

namespace OtpPipeline.Api.CompatibleApis.Gupshup;

/// <summary>Changes the messages of two-factor keys for their callers.</summary>
internal sealed partial class GupshupMessages(
    IDbContextFactory<OtpDbContext> contexts, ApplicationDirectory directory, TimeProvider time, ILogger<GupshupMessages> logger)
{
    /// <summary>Takes effect in this process before the answer, in others within two seconds. False where the key is gone.</summary>
    public async Task<bool> ChangeAsync(Guid keyId, string message, CancellationToken cancellationToken)
    {
        await using (var context = await contexts.CreateDbContextAsync(cancellationToken))
        {
            if (await context.ApplicationIdentifiers.SingleOrDefaultAsync(i => i.Id == keyId, cancellationToken) is not { } key)
            {
                return false;
            }

            key.Settings = new Dictionary<string, string>(key.Settings, StringComparer.Ordinal) { ["message"] = message };
            key.UpdatedAt = time.GetUtcNow().UtcDateTime;
            await context.SaveChangesAsync(cancellationToken);
            Log.Changed(logger, key.ApplicationId, keyId);
        }

        await directory.RefreshAsync(cancellationToken);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information, Message = "Application {ApplicationId} changed the message of its two-factor key {KeyId}")]
        public static partial void Changed(ILogger logger, Guid applicationId, Guid keyId);
    }
}
