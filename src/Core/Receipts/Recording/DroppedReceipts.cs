using Microsoft.Extensions.Logging;

namespace OtpPipeline.Core.Receipts.Recording;

/// <summary>Counts the kept receipts that were dropped, and logs them once a minute for each provider.</summary>
public sealed partial class DroppedReceipts(ReceiptMetrics metrics, TimeProvider time, ILogger<DroppedReceipts> logger)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private readonly Dictionary<string, (long? LoggedAt, long Count)> _unlogged = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public void Add(string provider, int count)
    {
        metrics.Dropped(provider, count);
        long sum;
        lock (_lock)
        {
            var (loggedAt, before) = _unlogged.GetValueOrDefault(provider);
            sum = before + count;
            if (loggedAt is { } at && time.GetElapsedTime(at) < Quiet)
            {
                _unlogged[provider] = (loggedAt, sum);
                return;
            }

            _unlogged[provider] = (time.GetTimestamp(), 0);
        }

        Log.Dropped(logger, sum, provider, KeptReceipt.MaxPerProvider);
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "The {Count} oldest receipts of {Provider} without a delivery were dropped: at most {Most} are kept")]
        public static partial void Dropped(ILogger logger, long count, string provider, int most);
    }
}
