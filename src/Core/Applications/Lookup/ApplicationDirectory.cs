using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications.Lookup;

/// <summary>Holds all applications and keys in memory and reads them again every two seconds.</summary>
/// <remarks>
/// A request costs no query, and a change takes effect in every process within seconds. Unknown credentials are looked up in the database,
/// so that a new key works at once. While the database is unavailable, the last snapshot stays in use.
/// </remarks>
public sealed partial class ApplicationDirectory : BackgroundService, IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private readonly OtpSecrets _secrets;
    private readonly TimeProvider _time;
    private readonly ILogger<ApplicationDirectory> _logger;
    private readonly SnapshotReader _reader;
    private readonly UnknownCredentials _unknown;
    private bool _failing;

    public ApplicationDirectory(
        IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets, TimeProvider time, ILogger<ApplicationDirectory> logger)
    {
        _secrets = secrets;
        _time = time;
        _logger = logger;
        _reader = new(contexts, secrets, logger);
        _unknown = new(contexts, RefreshAsync, time, logger);
    }

    private ApplicationSnapshot Snapshot => _reader.Current;

    /// <summary>False until the first read of the database: before it, no key can be recognised.</summary>
    public bool IsLoaded => !ReferenceEquals(Snapshot, ApplicationSnapshot.Empty);

    /// <summary>The caller with this key; null for an unknown, expired or revoked key and for an inactive application.</summary>
    public Caller? FindByKey(string key) => Caller(Snapshot, Snapshot.Key(key, _secrets));

    /// <summary>The same; looks up unknown keys in the database.</summary>
    public async ValueTask<Caller?> FindByKeyAsync(string key, CancellationToken cancellationToken)
    {
        var snapshot = Snapshot;
        if (snapshot.Key(key, _secrets) is { } row)
        {
            return Caller(snapshot, row);
        }

        return await _unknown.ExistsAsync(new() { KeyHash = _secrets.HashApiKey(key) }, cancellationToken) ? FindByKey(key) : null;
    }

    /// <summary>
    /// The application of a compatible API's client; null when unknown. It may be inactive: the compatible API decides the answer.
    /// </summary>
    /// <param name="kind">The kind of identifier.</param>
    /// <param name="identifier">The text as sent.</param>
    public Identified? Find(IdentifierKind kind, string identifier)
    {
        var snapshot = Snapshot;
        return IdentifierRules.For(kind).Form.IsMatch(identifier)
            && snapshot.Identifier(kind, identifier, _secrets) is { } row
            && snapshot.ById.TryGetValue(row.ApplicationId, out var application)
            ? new(application, row)
            : null;
    }

    /// <summary>The same; looks up unknown identifiers in the database.</summary>
    public async ValueTask<Identified?> FindAsync(IdentifierKind kind, string identifier, CancellationToken cancellationToken)
    {
        if (Find(kind, identifier) is { } found)
        {
            return found;
        }

        return IdentifierRules.For(kind).Form.IsMatch(identifier)
            && await _unknown.ExistsAsync(new() { Kind = kind, Identifier = IdentifierRules.Stored(kind, identifier, _secrets) }, cancellationToken)
            ? Find(kind, identifier)
            : null;
    }

    /// <summary>The application of an identifier with its secret; null when either is wrong.</summary>
    /// <param name="kind">The kind of identifier.</param>
    /// <param name="identifier">The text as sent.</param>
    /// <param name="secret">The secret as sent.</param>
    public Identified? Find(IdentifierKind kind, string identifier, string secret) =>
        Find(kind, identifier) is { } found && found.Identifier.Matches(secret, _secrets) ? found : null;

    /// <summary>The same; looks up unknown identifiers and secrets in the database.</summary>
    public async ValueTask<Identified?> FindAsync(
        IdentifierKind kind, string identifier, string secret, CancellationToken cancellationToken)
    {
        if (await FindAsync(kind, identifier, cancellationToken) is not { } found)
        {
            return null;
        }

        if (found.Identifier.Matches(secret, _secrets))
        {
            return found;
        }

        var id = found.Identifier.Id;
        return await _unknown.ExistsAsync(
            new() { IdentifierId = id, SecretHash = _secrets.HashIdentifierSecret(id, secret) }, cancellationToken)
            ? Find(kind, identifier, secret)
            : null;
    }

    /// <summary>The token client with this id while a secret with this hash is valid; looks up unknown ones in the database.</summary>
    internal async ValueTask<Identified?> FindTokenClientAsync(Guid id, byte[] secretHash, CancellationToken cancellationToken) =>
        FindTokenClient(id, secretHash) is { } found ? found
        : await _unknown.ExistsAsync(
            new() { IdentifierId = id, SecretHash = secretHash }, cancellationToken) ? FindTokenClient(id, secretHash)
        : null;

    /// <summary>The ids by which an application requests access tokens.</summary>
    public IEnumerable<string> TokenClientsOf(Guid applicationId) =>
        Snapshot.TokenClients.Values.Where(c => c.ApplicationId == applicationId).OrderBy(c => c.Id).Select(c => c.Identifier);

    /// <summary>An application's identifiers of one kind, for requests that name none.</summary>
    public IEnumerable<ApplicationIdentifier> IdentifiersOf(Guid applicationId, IdentifierKind kind) =>
        Snapshot.Identifiers[applicationId].Where(i => i.Kind == kind);

    public Application? Find(Guid applicationId) => Snapshot.ById.GetValueOrDefault(applicationId);

    /// <summary>The same; looks up unknown applications in the database.</summary>
    public async ValueTask<Application?> FindAsync(Guid applicationId, CancellationToken cancellationToken) =>
        Find(applicationId) is { } found ? found
        : await _unknown.ExistsAsync(new() { ApplicationId = applicationId }, cancellationToken) ? Find(applicationId)
        : null;

    /// <summary>
    /// The secrets that sign an application's callbacks, newest first; empty without one, null when unknown, so that nothing can be signed.
    /// </summary>
    public IReadOnlyList<byte[]>? SecretsOf(Guid applicationId)
    {
        var snapshot = Snapshot;
        return snapshot.ById.ContainsKey(applicationId) ? snapshot.Secrets.GetValueOrDefault(applicationId, []) : null;
    }

    public Task RefreshAsync(CancellationToken cancellationToken) => _reader.ReadAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _unknown.DisposeAsync();
        Dispose();
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryRefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryRefreshAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Log.Stopped(_logger);
        }
    }

    private Caller? Caller(ApplicationSnapshot snapshot, ApiKey? row) =>
        row is { RevokedAt: null }
        && snapshot.ById.TryGetValue(row.ApplicationId, out var application)
        && application.Active
        && !(row.ExpiresAt <= _time.GetUtcNow().UtcDateTime)
            ? new(row.Kind == KeyKind.Test ? application.ForTests() : application, row.Id, row.Scopes)
            : null;

    private Identified? FindTokenClient(Guid id, ReadOnlySpan<byte> secretHash)
    {
        var snapshot = Snapshot;
        return snapshot.TokenClients.TryGetValue(id, out var row) && row.Matches(secretHash)
            && snapshot.ById.TryGetValue(row.ApplicationId, out var application)
            ? new(application, row)
            : null;
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
            // After any failure, an outage or a row that this version cannot read, keep the last snapshot.
            if (!_failing)
            {
                Log.NotRefreshed(_logger, failure.GetType().Name, failure.GetBaseException().Message);
            }

            _failing = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning, Message = "Applications and keys could not be read; the last reading stands ({Type}: {Error})")]
        public static partial void NotRefreshed(ILogger logger, string type, string error);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Applications and keys are no longer read")]
        public static partial void Stopped(ILogger logger);
    }
}
