using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications;

/// <summary>Who makes a request, as its key or its access token says.</summary>
/// <param name="Application">The application that it speaks for.</param>
/// <param name="KeyId">The API key, or the token client.</param>
/// <param name="Scopes">What it may do.</param>
public sealed record Caller(Application Application, Guid KeyId, IReadOnlyList<string> Scopes)
{
    /// <summary>Whose requests are counted together: the application's, unless they come from somebody else.</summary>
    public Guid CountedAs { get; init; } = Application.Id;
}

/// <summary>Who an identifier belongs to.</summary>
/// <param name="Application">Its application, active or not.</param>
/// <param name="Identifier">The identifier with its settings.</param>
public sealed record Identified(Application Application, ApplicationIdentifier Identifier);

/// <summary>
/// All applications and keys in memory, read again every two seconds: a request costs no query, and a change takes effect
/// within seconds in every process. While the database is away the last reading stands.
/// </summary>
public sealed partial class ApplicationDirectory(
    IDbContextFactory<OtpDbContext> contexts, OtpSecrets otpSecrets, TimeProvider time, ILogger<ApplicationDirectory> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private readonly Lock _replacing = new();
    private long _begun;
    private bool _failing;
    private volatile Snapshot _snapshot = Snapshot.Empty;

    /// <summary>The caller whose key this is; null for an unknown, expired or revoked key and for an inactive application.</summary>
    public Caller? FindByKey(string key)
    {
        var snapshot = _snapshot;
        return snapshot.ByKey.TryGetValue(Convert.ToHexString(HashOf(key)), out var row)
            && snapshot.ById.TryGetValue(row.ApplicationId, out var application)
            && application.Active
            && row.RevokedAt is null
            && !(row.ExpiresAt <= time.GetUtcNow().UtcDateTime)
            ? new(application, row.Id, row.Scopes)
            : null;
    }

    /// <summary>Whom a dialect's client means; null for a stranger. The application may be inactive: how that is answered is the dialect's business.</summary>
    /// <param name="kind">What the text is to the client.</param>
    /// <param name="identifier">The text as it came.</param>
    public Identified? Find(IdentifierKind kind, string identifier)
    {
        var snapshot = _snapshot;
        return IdentifierRules.Of(kind).Form.IsMatch(identifier)
            && snapshot.ByIdentifier.TryGetValue((kind, IdentifierRules.Stored(kind, identifier)), out var row)
            && snapshot.ById.TryGetValue(row.ApplicationId, out var application)
            ? new(application, row)
            : null;
    }

    /// <summary>The same for an identifier that comes with its secret; null where that is wrong.</summary>
    /// <param name="kind">What the text is to the client.</param>
    /// <param name="identifier">The text as it came.</param>
    /// <param name="secret">The secret as it came.</param>
    public Identified? Find(IdentifierKind kind, string identifier, string secret) =>
        Find(kind, identifier) is { } found && found.Identifier.Matches(secret) ? found : null;

    /// <summary>The token client with this id, as long as a secret with this hash is valid.</summary>
    internal Identified? FindTokenClient(Guid id, ReadOnlySpan<byte> secretHash)
    {
        var snapshot = _snapshot;
        return snapshot.TokenClients.TryGetValue(id, out var row) && row.Opens(secretHash) && snapshot.ById.TryGetValue(row.ApplicationId, out var application)
            ? new(application, row)
            : null;
    }

    /// <summary>The ids by which an application asks for access tokens.</summary>
    public IEnumerable<string> TokenClientsOf(Guid applicationId) =>
        _snapshot.TokenClients.Values.Where(c => c.ApplicationId == applicationId).OrderBy(c => c.Id).Select(c => c.Identifier);

    /// <summary>An application's identifiers of one kind, for the clients of that dialect whose request does not name one.</summary>
    public IEnumerable<ApplicationIdentifier> IdentifiersOf(Guid applicationId, IdentifierKind kind) =>
        _snapshot.Identifiers[applicationId].Where(i => i.Kind == kind);

    /// <summary>False until the database was read once: nobody can be told apart from a stranger before.</summary>
    public bool IsLoaded => !ReferenceEquals(_snapshot, Snapshot.Empty);

    public Application? Find(Guid applicationId) => _snapshot.ById.GetValueOrDefault(applicationId);

    /// <summary>The secrets that sign an application's callbacks, newest first and none where it has none; null where they are not known, so that nothing can be signed.</summary>
    public IReadOnlyList<byte[]>? SecretsOf(Guid applicationId)
    {
        var snapshot = _snapshot;
        return snapshot.ById.ContainsKey(applicationId) ? snapshot.Secrets.GetValueOrDefault(applicationId, []) : null;
    }

    /// <summary>What of a key is stored.</summary>
    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Reads the database now.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _begun);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var applications = await context.Applications.AsNoTracking().ToDictionaryAsync(a => a.Id, cancellationToken);
        var keys = await context.ApiKeys.AsNoTracking().ToListAsync(cancellationToken);
        var secrets = await context.WebhookSecrets.AsNoTracking().ToListAsync(cancellationToken);
        var identifiers = await context.ApplicationIdentifiers.AsNoTracking().ToListAsync(cancellationToken);
        var snapshot = new Snapshot
        {
            Number = number,
            ById = applications.ToFrozenDictionary(),
            ByKey = keys.ToFrozenDictionary(k => Convert.ToHexString(k.Hash), StringComparer.Ordinal),
            ByIdentifier = identifiers.ToFrozenDictionary(i => (i.Kind, i.Identifier)),
            Identifiers = identifiers.ToLookup(i => i.ApplicationId),
            TokenClients = identifiers.Where(i => i.Kind == IdentifierKind.TokenClient).ToFrozenDictionary(i => i.Id),
            Secrets = secrets.GroupBy(s => s.ApplicationId).ToFrozenDictionary(g => g.Key, Open),
        };
        lock (_replacing)
        {
            // Several may read at once: one that began earlier does not replace a newer one.
            if (number > _snapshot.Number)
            {
                _snapshot = snapshot;
            }
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryRefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryRefreshAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Log.Stopped(logger);
        }
    }

    /// <summary>Null where one does not open: a signature that lacks a valid secret would look like a forgery to those who know only that one.</summary>
    private IReadOnlyList<byte[]>? Open(IEnumerable<WebhookSecret> rows)
    {
        try
        {
            return [.. rows.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Id).Take(WebhookSecret.ValidAtOnce).Select(otpSecrets.OpenWebhookSecret)];
        }
        catch (CryptographicException failure)
        {
            Log.SecretUnreadable(logger, failure.Message);
            return null;
        }
    }

    private async Task TryRefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RefreshAsync(cancellationToken);
            _failing = false;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is, an outage or a row that this version cannot read, the last reading is better than none.
            if (!_failing)
            {
                Log.NotRefreshed(logger, failure.GetType().Name, failure.GetBaseException().Message);
            }

            _failing = true;
        }
    }

    private sealed class Snapshot
    {
        public static readonly Snapshot Empty = new();

        /// <summary>Of the reading, from 1 on.</summary>
        public long Number { get; init; }

        public FrozenDictionary<Guid, Application> ById { get; init; } = FrozenDictionary<Guid, Application>.Empty;

        public FrozenDictionary<string, ApiKey> ByKey { get; init; } = FrozenDictionary<string, ApiKey>.Empty;

        public FrozenDictionary<(IdentifierKind Kind, string Identifier), ApplicationIdentifier> ByIdentifier { get; init; } =
            FrozenDictionary<(IdentifierKind Kind, string Identifier), ApplicationIdentifier>.Empty;

        public ILookup<Guid, ApplicationIdentifier> Identifiers { get; init; } = Array.Empty<ApplicationIdentifier>().ToLookup(i => i.ApplicationId);

        public FrozenDictionary<Guid, ApplicationIdentifier> TokenClients { get; init; } = FrozenDictionary<Guid, ApplicationIdentifier>.Empty;

        public FrozenDictionary<Guid, IReadOnlyList<byte[]>?> Secrets { get; init; } = FrozenDictionary<Guid, IReadOnlyList<byte[]>?>.Empty;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Applications and keys could not be read; the last reading stands ({Type}: {Error})")]
        public static partial void NotRefreshed(ILogger logger, string type, string error);

        [LoggerMessage(Level = LogLevel.Error, Message = "A webhook secret cannot be opened; the callbacks of its application wait ({Error})")]
        public static partial void SecretUnreadable(ILogger logger, string error);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Applications and keys are no longer read")]
        public static partial void Stopped(ILogger logger);
    }
}
