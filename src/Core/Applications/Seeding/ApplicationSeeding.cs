using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications.Seeding;

/// <summary>Writes the configured applications at the first start.</summary>
public sealed class ApplicationSeeding(
    IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets, IOptions<SeededApplications> options, TimeProvider time)
{
    /// <summary>Returns how many applications were added.</summary>
    public async Task<int> SeedAsync(CancellationToken cancellationToken)
    {
        var added = 0;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var seed in options.Value)
        {
            if (!await context.Applications.AnyAsync(a => a.Id == seed.Id, cancellationToken))
            {
                added++;
                context.Add(new Application { Id = seed.Id, Name = seed.Name, Settings = seed.Settings, UpdatedAt = now });
            }

            foreach (var key in seed.Keys)
            {
                var hashes = AllKeys(n => secrets.HashApiKey(key.Key, n));
                if (!await context.ApiKeys.AnyAsync(k => hashes.Contains(k.Hash), cancellationToken))
                {
                    context.Add(new ApiKey
                    {
                        Id = Guid.CreateVersion7(),
                        ApplicationId = seed.Id,
                        Kind = key.Kind,
                        Prefix = Credentials.Prefix(key.Key),
                        Hash = hashes[0],
                        Scopes = key.Scopes.Count > 0 ? [.. key.Scopes] : ["otp"],
                        CreatedAt = now,
                    });
                }
            }

            foreach (var named in SeededIdentifiers.From(seed))
            {
                var identifier = named.ToIdentifier(seed.Id, secrets, now);
                var texts = AllKeys(n => IdentifierRules.Stored(named.Kind, named.Identifier, secrets, n));
                if (!await context.ApplicationIdentifiers.AnyAsync(i => i.Kind == identifier.Kind && texts.Contains(i.Identifier), cancellationToken))
                {
                    context.Add(identifier);
                }
            }

            await SeedSecretsAsync(context, seed, now, cancellationToken);
        }

        await EncryptAnewAsync(context, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        return added;
    }

    /// <summary>The stored forms under each lookup key, the current one first, so that a second start adds nothing.</summary>
    private T[] AllKeys<T>(Func<int, T> stored) => [.. Enumerable.Range(0, secrets.LookupKeys).Select(stored)];

    /// <summary>Encrypts data of older keys with the newest key, so that the older keys can be removed.</summary>
    private async Task EncryptAnewAsync(OtpDbContext context, CancellationToken cancellationToken)
    {
        foreach (var application in await context.Applications.Where(a => a.CallbackUrl != null).ToListAsync(cancellationToken))
        {
            if (!secrets.IsCurrent(application.CallbackUrl))
            {
                application.CallbackUrl = secrets.EncryptCallbackUrl(application.Id, application.Settings.OtpCallbackUrl!);
            }
        }
    }

    private async Task SeedSecretsAsync(OtpDbContext context, SeededApplication seed, DateTime now, CancellationToken cancellationToken)
    {
        if (seed.WebhookSecrets.Count == 0)
        {
            return;
        }

        var wanted = seed.WebhookSecrets.Select(
            text => CallbackSignature.TryParseSecret(text, out var secret) ? Convert.ToHexString(secret) : "").ToList();
        var stored = await context.WebhookSecrets.Where(s => s.ApplicationId == seed.Id && s.Seeded).ToListAsync(cancellationToken);
        var kept = stored.ToDictionary(s => s, s => Convert.ToHexString(secrets.DecryptWebhookSecret(s)));
        context.RemoveRange(kept.Where(k => !wanted.Contains(k.Value, StringComparer.Ordinal)).Select(k => k.Key));

        // The first in the list is the newest and gets the latest time.
        for (var i = wanted.Count - 1; i >= 0; i--)
        {
            if (!kept.ContainsValue(wanted[i]))
            {
                var id = Guid.CreateVersion7();
                var secret = secrets.EncryptWebhookSecret(id, Convert.FromHexString(wanted[i]));
                context.Add(
                    new WebhookSecret { Id = id, ApplicationId = seed.Id, Secret = secret, Seeded = true, CreatedAt = now.AddMicroseconds(wanted.Count - i) });
            }
        }
    }
}
