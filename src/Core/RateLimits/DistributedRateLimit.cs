using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OtpPipeline.Core.Batching;

namespace OtpPipeline.Core.RateLimits;

/// <summary>Limits the requests of an application over all processes, REST and bus.</summary>
/// <remarks>
/// Leases permits from the database in blocks and grants them from memory, so that the number of round trips depends on the limit and not
/// on the requests.
/// </remarks>
public sealed partial class DistributedRateLimit : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<Guid, ApplicationPermits> _applications = new();
    private readonly IPermitStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<DistributedRateLimit> _logger;
    private readonly Batcher<PermitRequest, PermitLease> _batcher;
    private long _failedAt = long.MinValue;

    public DistributedRateLimit(IPermitStore store, TimeProvider time, ILogger<DistributedRateLimit> logger)
    {
        _store = store;
        _time = time;
        _logger = logger;
        _batcher = new(LeaseAsync, static _ => true, writers: 1);
    }

    /// <summary>Counts one request or command of an application.</summary>
    public async ValueTask<Admission> TakeAsync(Guid applicationId, int allowed, CancellationToken cancellationToken)
    {
        var permits = _applications.GetOrAdd(applicationId, static (id, time) => new(id, time), _time);
        while (true)
        {
            var step = permits.Take(allowed);
            if (step.Lease is { } request)
            {
                // Other requests need this lease too: it continues when the client disconnects.
                _ = FetchAsync(permits, request);
            }

            if (step.Wait is null)
            {
                return step.Admission;
            }

            await step.Wait.WaitAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _batcher.DisposeAsync();

    private async Task FetchAsync(ApplicationPermits permits, PermitRequest request)
    {
        try
        {
            permits.Add(await _batcher.AddAsync(request, CancellationToken.None));
        }
        catch (Exception failure)
        {
            // After any failure: a limit that cannot be shared is no reason to refuse requests.
            permits.GoOnAlone();
            Log.Alone(_logger, failure.GetType().Name);
        }
    }

    private async Task<IReadOnlyList<PermitLease>> LeaseAsync(IReadOnlyList<PermitRequest> requests, CancellationToken cancellationToken)
    {
        if (_failedAt != long.MinValue && _time.GetElapsedTime(_failedAt) < Rest)
        {
            throw new TimeoutException("The permits could not be leased a moment ago.");
        }

        using var patience = new CancellationTokenSource(Patience, _time);
        try
        {
            var leases = await _store.LeaseAsync(requests, patience.Token);
            _failedAt = long.MinValue;
            return leases;
        }
        catch (Exception failure)
        {
            if (_failedAt == long.MinValue)
            {
                Log.NotLeased(_logger, failure.GetType().Name, failure.GetBaseException().Message);
            }

            _failedAt = _time.GetTimestamp();
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "Permits for requests cannot be leased; this process goes on with its share of each limit ({Type}: {Error})")]
        public static partial void NotLeased(ILogger logger, string type, string error);

        [LoggerMessage(
            Level = LogLevel.Debug, Message = "An application goes on with this process's share of its limit for a minute ({Type})")]
        public static partial void Alone(ILogger logger, string type);
    }
}
