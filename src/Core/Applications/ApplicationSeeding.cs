using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications;

/// <summary>Section <c>Applications</c>: those of a first start. What exists already is left as it is.</summary>
public sealed class SeededApplication
{
    public const string Section = "Applications";

    /// <summary>UUID of the application.</summary>
    public Guid Id { get; set; }

    [Required, StringLength(100, MinimumLength = 1)]
    public string Name { get; set; } = "";

    public ApplicationSettings Settings { get; set; } = new();

    /// <summary>Keys in clear; only their hashes are stored.</summary>
    public IList<SeededKey> Keys { get; init; } = [];

    /// <summary>
    /// Secrets that sign the application's callbacks, newest first, at most two: "whsec_" and base64 of 24 to 64 random bytes. Where
    /// any is named, those of an earlier configuration that are no longer named end.
    /// </summary>
    public IList<string> WebhookSecrets { get; init; } = [];

    /// <summary>The secret with which the application asks for access tokens, in clear, at least 20 characters; only its hash is stored.</summary>
    [StringLength(IdentifierRules.MaxSecret, MinimumLength = 20)]
    public string? Secret { get; set; }

    /// <summary>The names under which the clients of other dialects know it.</summary>
    public SeededDialects Dialects { get; set; } = new();
}

/// <summary>A key of a <see cref="SeededApplication"/>.</summary>
public sealed class SeededKey
{
    /// <summary>The key in clear, at least 20 characters.</summary>
    public string Key { get; set; } = "";

    /// <summary>What it may do; otp when nothing is said.</summary>
    public IList<string> Scopes { get; init; } = [];
}

/// <summary>The list, as options.</summary>
public sealed class SeededApplications : List<SeededApplication>, IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < Count; i++)
        {
            var application = this[i];
            if (application.Id == Guid.Empty)
            {
                yield return new($"Applications:{i}:Id must be a UUID.");
            }

            foreach (var target in new object[] { application, application.Settings, application.Settings.Limits })
            {
                var results = new List<ValidationResult>();
                Validator.TryValidateObject(target, new ValidationContext(target), results, validateAllProperties: true);
                foreach (var result in results)
                {
                    yield return new($"Applications:{i}: {result.ErrorMessage}");
                }
            }

            if (application.Settings.Template is { } template && !MessageText.HasPlaceholder(template))
            {
                yield return new($"Applications:{i}:Settings:Template does not contain the placeholder {MessageText.Placeholder}.");
            }

            if (application.Settings.Template is { } text && MessageText.HasUnknownPlaceholder(text))
            {
                yield return new(
                    $"Applications:{i}:Settings:Template contains an unknown placeholder: beside {MessageText.Placeholder} there are {MessageText.OtherPlaceholders}.");
            }

            if (Array.Find(application.Settings.Limits.AllowedCountries, c => !PhoneNumber.IsKnownCountry(c)) is { } unknown)
            {
                yield return new($"Applications:{i}:Settings:Limits:AllowedCountries names '{unknown}', which is no country (two letters, such as FR).");
            }

            if (application.WebhookSecrets.Count > WebhookSecret.ValidAtOnce || application.WebhookSecrets.Any(s => !CallbackSignature.TryParseSecret(s, out _)))
            {
                yield return new($"Applications:{i}:WebhookSecrets must be at most two of \"whsec_\" and base64 of 24 to 64 random bytes.");
            }

            foreach (var problem in SeededIdentifiers.Of(application).SelectMany(n => n.Judge()))
            {
                yield return new($"Applications:{i}: {problem.Field} {problem.Expected}.");
            }

            if (application.Settings.Scopes.Except(Scopes.All, StringComparer.Ordinal).Any())
            {
                yield return new($"Applications:{i}:Settings:Scopes must be of: {string.Join(", ", Scopes.All)}.");
            }

            if (application.Keys.Any(k => k.Key.Length < 20))
            {
                yield return new($"Applications:{i}:Keys holds a key of less than 20 characters.");
            }
        }
    }
}

/// <summary>Writes the applications of a first start.</summary>
public sealed class ApplicationSeeding(IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets, IOptions<SeededApplications> options, TimeProvider time)
{
    /// <summary>How many applications were missing.</summary>
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
                        Prefix = Credentials.Prefix(key.Key),
                        Hash = hashes[0],
                        Scopes = key.Scopes.Count > 0 ? [.. key.Scopes] : ["otp"],
                        CreatedAt = now,
                    });
                }
            }

            foreach (var named in SeededIdentifiers.Of(seed))
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

    /// <summary>As stored under each lookup key, the current one first: a second start adds nothing.</summary>
    private T[] AllKeys<T>(Func<int, T> stored) => [.. Enumerable.Range(0, secrets.LookupKeys).Select(stored)];

    /// <summary>What an older key encrypted is encrypted with the newest, so that the older one can be removed.</summary>
    private async Task EncryptAnewAsync(OtpDbContext context, CancellationToken cancellationToken)
    {
        foreach (var application in await context.Applications.Where(a => a.CallbackUrl != null).ToListAsync(cancellationToken))
        {
            if (!secrets.IsCurrent(application.CallbackUrl))
            {
                application.CallbackUrl = secrets.SealCallbackUrl(application.Id, application.Settings.OtpCallbackUrl!);
            }
        }
    }

    private async Task SeedSecretsAsync(OtpDbContext context, SeededApplication seed, DateTime now, CancellationToken cancellationToken)
    {
        if (seed.WebhookSecrets.Count == 0)
        {
            return;
        }

        var wanted = seed.WebhookSecrets.Select(text => CallbackSignature.TryParseSecret(text, out var secret) ? Convert.ToHexString(secret) : "").ToList();
        var stored = await context.WebhookSecrets.Where(s => s.ApplicationId == seed.Id && s.Seeded).ToListAsync(cancellationToken);
        var kept = stored.ToDictionary(s => s, s => Convert.ToHexString(secrets.OpenWebhookSecret(s)));
        context.RemoveRange(kept.Where(k => !wanted.Contains(k.Value, StringComparer.Ordinal)).Select(k => k.Key));

        // The newest is named first and gets the latest moment.
        for (var i = wanted.Count - 1; i >= 0; i--)
        {
            if (!kept.ContainsValue(wanted[i]))
            {
                var id = Guid.CreateVersion7();
                var secret = secrets.SealWebhookSecret(id, Convert.FromHexString(wanted[i]));
                context.Add(new WebhookSecret { Id = id, ApplicationId = seed.Id, Secret = secret, Seeded = true, CreatedAt = now.AddMicroseconds(wanted.Count - i) });
            }
        }
    }
}
