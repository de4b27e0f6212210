using System.Threading.RateLimiting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Batching;

namespace OtpPipeline.Core.Applications.Lookup;

/// <summary>A credential that the snapshot does not contain, in its stored form.</summary>
internal readonly record struct UnknownCredential
{
    /// <summary>Hash of an API key.</summary>
    public byte[]? KeyHash { get; init; }

    /// <summary>Kind of an identifier.</summary>
    public IdentifierKind? Kind { get; init; }

    /// <summary>The identifier's text as stored.</summary>
    public string? Identifier { get; init; }

    /// <summary>The identifier row that the secret may belong to.</summary>
    public Guid? IdentifierId { get; init; }

    /// <summary>Hash of that secret.</summary>
    public byte[]? SecretHash { get; init; }

    /// <summary>Id of an application.</summary>
    public Guid? ApplicationId { get; init; }
}

/// <summary>Looks up credentials that the snapshot does not contain, so that new ones work at once in every process.</summary>
/// <remarks>
/// Lookups share statements. Their rate per second is limited, so that attackers cannot load the database. Only an existing credential
/// causes a refresh.
/// </remarks>
internal sealed partial class UnknownCredentials : IAsyncDisposable
{
    private const int MaxBatch = 500;
    private const int Burst = 50;
    private const int PerSecond = 50;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);
    private readonly IDbContextFactory<OtpDbContext> _contexts;
    private readonly Func<CancellationToken, Task> _refresh;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Batcher<UnknownCredential, bool> _batcher;
    private readonly TokenBucketRateLimiter _budget = new(new()
    {
        TokenLimit = Burst,
        TokensPerPeriod = PerSecond / 10,
        ReplenishmentPeriod = Period,
        QueueLimit = 1,
        AutoReplenishment = true,
    });

    private long _failedAt = long.MinValue;

    public UnknownCredentials(
        IDbContextFactory<OtpDbContext> contexts, Func<CancellationToken, Task> refresh, TimeProvider time, ILogger logger)
    {
        _contexts = contexts;
        _refresh = refresh;
        _time = time;
        _logger = logger;
        _batcher = new(AskAsync, static _ => true, writers: 1, MaxBatch);
    }

    /// <summary>Whether the database contains it; if so, the snapshot then contains it too.</summary>
    public async ValueTask<bool> ExistsAsync(UnknownCredential credential, CancellationToken cancellationToken)
    {
        var failedAt = Interlocked.Read(ref _failedAt);
        return (failedAt == long.MinValue || _time.GetElapsedTime(failedAt) >= Rest)
            && await _batcher.AddAsync(credential, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _batcher.DisposeAsync();
        await _budget.DisposeAsync();
    }

    private async Task<IReadOnlyList<bool>> AskAsync(IReadOnlyList<UnknownCredential> batch, CancellationToken cancellationToken)
    {
        var exists = false;
        using var patience = new CancellationTokenSource(Patience, _time);
        try
        {
            using var permit = await _budget.AcquireAsync(1, patience.Token);
            exists = permit.IsAcquired && await ExistsAnyAsync(batch, patience.Token);
            if (exists)
            {
                await _refresh(patience.Token);
            }

            Interlocked.Exchange(ref _failedAt, long.MinValue);
        }
        catch (Exception failure)
        {
            // After any failure the credentials stay unknown until the next refresh.
            Interlocked.Exchange(ref _failedAt, _time.GetTimestamp());
            Log.NotAsked(_logger, failure.GetType().Name);
        }

        var answers = new bool[batch.Count];
        Array.Fill(answers, exists);
        return answers;
    }

    /// <summary>Uses unique indexes only, for any input.</summary>
    private async Task<bool> ExistsAnyAsync(IReadOnlyList<UnknownCredential> batch, CancellationToken cancellationToken)
    {
        var keys = batch.Select(c => c.KeyHash).OfType<byte[]>().ToArray();
        var texts = batch.Where(c => c.Identifier is not null).ToLookup(c => c.Kind!.Value, c => c.Identifier!);
        var ids = batch.Select(c => c.IdentifierId).OfType<Guid>().Distinct().ToArray();
        var secrets = batch.Select(c => c.SecretHash).OfType<byte[]>().ToArray();
        var applications = batch.Select(c => c.ApplicationId).OfType<Guid>().ToArray();
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        return (keys.Length > 0 && await context.ApiKeys.AnyAsync(k => keys.Contains(k.Hash), cancellationToken))
            || await AnyIdentifierAsync(context, texts, cancellationToken)
            || (ids.Length > 0 && await context.ApplicationIdentifiers.AnyAsync(
                i => ids.Contains(i.Id) && (secrets.Contains(i.SecretHash) || secrets.Contains(i.PreviousSecretHash)), cancellationToken))
            || (applications.Length > 0 && await context.Applications.AnyAsync(a => applications.Contains(a.Id), cancellationToken));
    }

    /// <summary>Searches each text within its kind: an attacker who knows a name of another kind must not cause a refresh.</summary>
    private static async Task<bool> AnyIdentifierAsync(
        OtpDbContext context, ILookup<IdentifierKind, string> texts, CancellationToken cancellationToken)
    {
        foreach (var ofKind in texts)
        {
            var (kind, names) = (ofKind.Key, ofKind.ToArray());
            if (await context.ApplicationIdentifiers.AnyAsync(i => i.Kind == kind && names.Contains(i.Identifier), cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Debug, Message = "The database could not be asked about credentials that are not known here ({Type})")]
        public static partial void NotAsked(ILogger logger, string type);
    }
}
