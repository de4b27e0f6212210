using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Receipts.Recording;
using OtpPipeline.Core.Tests.Support;
using OtpPipeline.Tests.Shared;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Receipts.Recording;

public sealed class Receipts_that_are_dropped : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CapturedLogs _logs = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _counted = new(StringComparer.Ordinal);
    private readonly DroppedReceipts _dropped;

    public Receipts_that_are_dropped()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "otp.receipts.dropped" && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            var provider = (string)tags[0].Value!;
            _counted[provider] = _counted.GetValueOrDefault(provider) + value;
        });
        _listener.Start();
        _dropped = new(new ReceiptMetrics(meters), _time, LoggerFactory.Create(l => l.AddProvider(_logs)).CreateLogger<DroppedReceipts>());
    }

    [Fact]
    public void Are_counted_each_and_logged_once_a_minute_by_provider()
    {
        _dropped.Add("a", 1000);
        _dropped.Add("b", 5);
        _dropped.Add("a", 20);
        _time.Advance(TimeSpan.FromSeconds(59));
        _dropped.Add("a", 300);
        _time.Advance(TimeSpan.FromSeconds(1));
        _dropped.Add("a", 4);

        _counted.ShouldBe(new Dictionary<string, long> { ["a"] = 1324, ["b"] = 5 }, ignoreOrder: true);
        _logs.Lines.Select(l => l.Text.TrimEnd()).ShouldBe([Line(1000, "a"), Line(5, "b"), Line(324, "a")]);
    }

    [Fact]
    public async Task Are_those_that_the_database_names_when_it_keeps_further_ones()
    {
        var store = new StoreInMemory();
        var receipts = new ReceiptsInMemory(store) { Dropped = { ["a"] = 3 } };
        await using var recording = new ReceiptRecording(
            receipts, store, store, Some.Secrets, FeedbackProviders.None, Some.Consequences(),
            new(_services.GetRequiredService<IMeterFactory>()), _dropped, Options.Create(new BatchingOptions()));

        (await recording.RecordAsync(new("a", new(ReceiptStatus.Delivered, ProviderMessageId: "m")), CancellationToken.None))
            .ShouldBe(ReceiptResult.Kept);

        _counted.ShouldBe(new Dictionary<string, long> { ["a"] = 3 });
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private static string Line(int count, string provider) =>
        $"The {count} oldest receipts of {provider} without a delivery were dropped: at most 10000 are kept";
}
