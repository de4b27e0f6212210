using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core;
using OtpPipeline.Core.Applications;

namespace OtpPipeline.Api.Dialects.Gupshup;

/// <summary>The messages of two-factor keys, which their callers may change.</summary>
internal sealed class GupshupMessages(IDbContextFactory<OtpDbContext> contexts, ApplicationDirectory directory, TimeProvider time)
{
    /// <summary>Holds in this process with the answer, and in every other one within two seconds. False where the key is gone.</summary>
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
        }

        await directory.RefreshAsync(cancellationToken);
        return true;
    }
}
