using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications.Lookup;

/// <summary>All applications, keys and identifiers of one read.</summary>
internal sealed class ApplicationSnapshot
{
    public static readonly ApplicationSnapshot Empty = new();

    /// <summary>Number of the read, from 1.</summary>
    public long Number { get; private init; }

    public FrozenDictionary<Guid, Application> ById { get; private init; } = FrozenDictionary<Guid, Application>.Empty;

    public ILookup<Guid, ApplicationIdentifier> Identifiers { get; private init; } = Array.Empty<ApplicationIdentifier>()
        .ToLookup(i => i.ApplicationId);

    public FrozenDictionary<Guid, ApplicationIdentifier> TokenClients { get; private init; } =
        FrozenDictionary<Guid, ApplicationIdentifier>.Empty;

    public FrozenDictionary<Guid, IReadOnlyList<byte[]>?> Secrets { get; private init; } =
        FrozenDictionary<Guid, IReadOnlyList<byte[]>?>.Empty;

    private FrozenDictionary<string, ApiKey> ByKey { get; init; } = FrozenDictionary<string, ApiKey>.Empty;

    private FrozenDictionary<(IdentifierKind Kind, string Identifier), ApplicationIdentifier> ByIdentifier { get; init; } =
        FrozenDictionary<(IdentifierKind Kind, string Identifier), ApplicationIdentifier>.Empty;

    public static async Task<ApplicationSnapshot> ReadAsync(
        OtpDbContext context, long number, Func<IEnumerable<WebhookSecret>, IReadOnlyList<byte[]>?> open,
        CancellationToken cancellationToken)
    {
        var applications = await context.Applications.AsNoTracking().ToDictionaryAsync(a => a.Id, cancellationToken);
        var keys = await context.ApiKeys.AsNoTracking().ToListAsync(cancellationToken);
        var secrets = await context.WebhookSecrets.AsNoTracking().ToListAsync(cancellationToken);
        var identifiers = await context.ApplicationIdentifiers.AsNoTracking().ToListAsync(cancellationToken);
        return new()
        {
            Number = number,
            ById = applications.ToFrozenDictionary(),
            ByKey = keys.ToFrozenDictionary(k => Convert.ToHexString(k.Hash), StringComparer.Ordinal),
            ByIdentifier = identifiers.ToFrozenDictionary(i => (i.Kind, i.Identifier)),
            Identifiers = identifiers.ToLookup(i => i.ApplicationId),
            TokenClients = identifiers.Where(i => i.Kind == IdentifierKind.TokenClient).ToFrozenDictionary(i => i.Id),
            Secrets = secrets.GroupBy(s => s.ApplicationId).ToFrozenDictionary(g => g.Key, g => open(g)),
        };
    }

    /// <summary>The row of a key, valid or not.</summary>
    public ApiKey? Key(string key, OtpSecrets secrets)
    {
        for (var lookupKey = 0; lookupKey < secrets.LookupKeys; lookupKey++)
        {
            if (ByKey.TryGetValue(Convert.ToHexString(secrets.HashApiKey(key, lookupKey)), out var row))
            {
                return row;
            }
        }

        return null;
    }

    /// <summary>The row of an identifier; its text must have the format of its kind.</summary>
    public ApplicationIdentifier? Identifier(IdentifierKind kind, string identifier, OtpSecrets secrets)
    {
        for (var lookupKey = 0; lookupKey < secrets.LookupKeys; lookupKey++)
        {
            if (ByIdentifier.TryGetValue((kind, IdentifierRules.Stored(kind, identifier, secrets, lookupKey)), out var row))
            {
                return row;
            }
        }

        return null;
    }
}
