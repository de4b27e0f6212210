using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications;

/// <summary>
/// Keeps the callback URL of an application's settings encrypted in a column beside them: it may carry credentials. Whoever reads or
/// writes an application sees it in clear.
/// </summary>
public sealed class CallbackUrlEncryption : SaveChangesInterceptor, IMaterializationInterceptor
{
    /// <summary>The one instance: EF Core builds a service provider of its own for each further one.</summary>
    public static readonly CallbackUrlEncryption Instance = new();

    private CallbackUrlEncryption()
    {
    }

    /// <exception cref="CryptographicException">Its key is not in the ring: nobody may take the application for one without a
    /// URL.</exception>
    public object InitializedInstance(MaterializationInterceptionData materializationData, object entity)
    {
        if (entity is Application { CallbackUrl: { } stored } application)
        {
            var url = SecretsOf(materializationData.Context).DecryptCallbackUrl(application.Id, stored);
            application.Settings = application.Settings with { OtpCallbackUrl = url };
        }

        return entity;
    }

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Encrypt(eventData.Context!);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Encrypt(eventData.Context!);
        return ValueTask.FromResult(result);
    }

    private static OtpSecrets SecretsOf(DbContext context) => context.GetService<OtpSecrets>();

    private static void Encrypt(DbContext context)
    {
        foreach (var entry in context.ChangeTracker.Entries<Application>().Where(e => e.State is EntityState.Added or EntityState.Modified))
        {
            var application = entry.Entity;
            var secrets = SecretsOf(context);
            var stored = application.CallbackUrl is { } old ? secrets.DecryptCallbackUrl(application.Id, old) : null;
            if (!string.Equals(stored, application.Settings.OtpCallbackUrl, StringComparison.Ordinal)
                || !secrets.IsCurrent(application.CallbackUrl))
            {
                application.CallbackUrl = application.Settings.OtpCallbackUrl is { } url
                    ? secrets.EncryptCallbackUrl(application.Id, url)
                    : null;
            }
        }
    }
}
