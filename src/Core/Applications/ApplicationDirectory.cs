using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications;

/// <summary>Who a key belongs to.</summary>
/// <param name="Application">Its application, active or not.</param>
/// <param name="Key">The key itself, without its text.</param>
public sealed record Caller(Application Application, ApiKey Key);

/// <summary>
/// All applications and keys in memory, read again every two seconds: a request costs no query, and a change takes effect
/// within seconds in every process. While the database is away the last reading stands.
/// </summary>
public sealed partial class ApplicationDirectory(
    IDbContextFactory<OtpDbContext> contexts, OtpSecrets otpSecrets, TimeProvider time, ILogger<ApplicationDirectory> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private bool _failing;
    private volatile Snapshot _snapshot = Snapshot.Empty;

    /// <summary>The caller whose key this is; null for an unknown, expired or revoked key and for an inactive application.</summary>
    public Caller? FindByKey(string key)
    {
        var hash = Convert.ToHexString(HashOf(key));
        var now = time.GetUtcNow().UtcDateTime;
        return _snapshot.ByKey.TryGetValue(hash, out var caller)
            && caller.Application.Active
            && caller.Key.RevokedAt is null
            && !(caller.Key.ExpiresAt <= now)
            ? caller
            : null;
    }

    /// <summary>False until the database was read once: nobody can be told apart from a stranger before.</summary>
    public bool IsLoaded => _snapshot != Snapshot.Empty;

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
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var applications = await context.Applications.AsNoTracking().ToDictionaryAsync(a => a.Id, cancellationToken);
        var keys = await context.ApiKeys.AsNoTracking().ToListAsync(cancellationToken);
        var secrets = await context.WebhookSecrets.AsNoTracking().ToListAsync(cancellationToken);
        _snapshot = new(
            applications.ToFrozenDictionary(),
            keys.Where(k => applications.ContainsKey(k.ApplicationId))
                .ToFrozenDictionary(k => Convert.ToHexString(k.Hash), k => new Caller(applications[k.ApplicationId], k), StringComparer.Ordinal),
            secrets.GroupBy(s => s.ApplicationId).ToFrozenDictionary(g => g.Key, Open));
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

    private sealed class Snapshot(
        FrozenDictionary<Guid, Application> byId, FrozenDictionary<string, Caller> byKey, FrozenDictionary<Guid, IReadOnlyList<byte[]>?> secrets)
    {
        public static readonly Snapshot Empty = new(
            FrozenDictionary<Guid, Application>.Empty, FrozenDictionary<string, Caller>.Empty, FrozenDictionary<Guid, IReadOnlyList<byte[]>?>.Empty);

        public FrozenDictionary<Guid, Application> ById => byId;

        public FrozenDictionary<string, Caller> ByKey => byKey;

        public FrozenDictionary<Guid, IReadOnlyList<byte[]>?> Secrets => secrets;
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
