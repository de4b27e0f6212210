using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Receipts.Recording;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Receipts.Recording;

public sealed class What_a_receipt_settles : IDisposable
{
    private const decimal Reserved = 0.3m;
    private const decimal Price = 0.1m;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly StoreInMemory _store = new();
    private readonly DeliveryOptions _options = new()
    {
        Channels = { ["sms"] = new() { Routes = { new() { Name = "default", Providers = { "cheap", "dear" } } } } },
        Prices =
        {
            ["cheap"] = new Dictionary<string, decimal> { ["FR"] = Price },
            ["dear"] = new Dictionary<string, decimal> { ["FR"] = Reserved },
        },
    };

    [Theory]
    [InlineData(DeliveryStatus.Unknown, ReceiptStatus.Delivered)]
    [InlineData(DeliveryStatus.Unknown, ReceiptStatus.Read)]
    [InlineData(DeliveryStatus.Unknown, ReceiptStatus.Undelivered)]
    [InlineData(DeliveryStatus.Sending, ReceiptStatus.Delivered)]
    public async Task What_was_reserved_becomes_the_price_of_the_provider_that_sent_it(DeliveryStatus before, ReceiptStatus receipt)
    {
        var otp = Locked(before, Reserved);

        await ReceiveAsync(otp, receipt);

        otp.Deliveries[0].Cost.ShouldBe(Price);
        _store.Saved.ShouldHaveSingleItem().Refunds.ShouldBe(
            new Dictionary<Guid, decimal> { [otp.Otp.ApplicationId] = Reserved - Price });
    }

    [Fact]
    public async Task What_failed_and_arrived_is_spent_after_all_and_its_repetition_is_not()
    {
        var otp = Locked(DeliveryStatus.Failed, 0);
        otp.Deliveries.Add(Some.Delivery(otp.Otp.Id, DeliveryStatus.Queued, attempt: 2, cost: Reserved));

        await ReceiveAsync(otp, ReceiptStatus.Delivered);

        otp.Deliveries.Select(d => d.Cost).ShouldBe([Price, 0]);
        _store.Saved.ShouldHaveSingleItem().Refunds.ShouldBe(
            new Dictionary<Guid, decimal> { [otp.Otp.ApplicationId] = Reserved - Price });
    }

    [Theory]
    [InlineData(DeliveryStatus.Sent)]
    [InlineData(DeliveryStatus.Delivered)]
    public async Task What_an_outcome_or_a_receipt_has_settled_keeps_its_price(DeliveryStatus before)
    {
        var otp = Locked(before, 0.07m);

        await ReceiveAsync(otp, ReceiptStatus.Read);

        (otp.Deliveries[0].Status, otp.Deliveries[0].Cost).ShouldBe((DeliveryStatus.Read, 0.07m));
        _store.Saved.ShouldHaveSingleItem().Refunds.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("throttled")]
    public async Task What_did_not_arrive_and_was_not_taken_costs_nothing(string outcome)
    {
        var otp = Locked(DeliveryStatus.Sending, Reserved);
        _store.Spending.Spent = 1;
        await ReceiveAsync(otp, ReceiptStatus.Undelivered);

        await AnswerAsync(otp, outcome is "refused" ? new SendOutcome.Refused(outcome) : new SendOutcome.Throttled(outcome));

        (otp.Deliveries[0].Status, otp.Deliveries[0].Cost).ShouldBe((DeliveryStatus.Undelivered, 0));
        _store.Spending.Spent.ShouldBe(1 - Price);
    }

    public void Dispose() => _services.Dispose();

    private LockedOtp Locked(DeliveryStatus status, decimal cost)
    {
        var otp = _store.Add(Some.Locked());
        otp.Deliveries.Add(Some.Delivery(otp.Otp.Id, status, provider: "cheap", cost: cost));
        return otp;
    }

    private async Task ReceiveAsync(LockedOtp otp, ReceiptStatus status)
    {
        var metrics = new ReceiptMetrics(_services.GetRequiredService<IMeterFactory>());
        await using var recording = new ReceiptRecording(
            new ReceiptsInMemory(_store), _store, _store, Some.Secrets, FeedbackProviders.None, Some.Consequences(_options), metrics,
            new(metrics, TimeProvider.System, NullLogger<DroppedReceipts>.Instance), Options.Create(new BatchingOptions()));
        var result = await recording.RecordAsync(
            new("cheap", new(status)) { Token = new ReceiptToken(otp.Otp.Id, 1, 1) }, CancellationToken.None);
        result.ShouldBe(ReceiptResult.Matched);
    }

    private async Task AnswerAsync(LockedOtp otp, SendOutcome outcome)
    {
        await using var outcomes = new DeliveryOutcomes(
            _store, _store, Some.Secrets, FeedbackProviders.None, Some.Consequences(_options), Some.Budgets(_options, limit: 100),
            new(Options.Create(_options)), Options.Create(new BatchingOptions()));
        var row = otp.Deliveries[0];
        await outcomes.RecordAsync(
            new(otp.Otp.Id, otp.Otp.ApplicationId, row.Id, row.LeaseId!.Value, outcome), CancellationToken.None);
    }
}
