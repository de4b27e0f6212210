using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications;

/// <summary>Stores the callback URL of an application's settings encrypted, because it may contain credentials.</summary>
/// <remarks>The URL has its own column. Code that reads or writes an application sees it in clear.</remarks>
public sealed class CallbackUrlEncryption : SaveChangesInterceptor, IMaterializationInterceptor
{
    /// <summary>The only instance: EF Core builds one more service provider for each further instance.</summary>
    public static readonly CallbackUrlEncryption Instance = new();

    private CallbackUrlEncryption()
    {
    }

    /// <exception cref="CryptographicException">Its key is not in the ring. The application must not pass for one without a
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
