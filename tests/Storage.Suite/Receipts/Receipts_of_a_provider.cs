using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Receipts.Recording;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Storage.Suite.Receipts;

public sealed class Receipts_of_a_provider(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Change_a_delivery_once_however_often_they_come()
    {
        var application = await ApplicationAsync();
        var otpId = await SentAsync(application, "m-1");

        var results = await RaceAsync(5, p => RecordAsync(p, new(ReceiptStatus.Delivered), new(otpId, 1, 1)), each: 2);

        results.Count(r => r == ReceiptResult.Matched).ShouldBe(1);
        results.Count(r => r == ReceiptResult.Repeated).ShouldBe(9);
        (await DeliveryAsync(application, otpId)).DeliveredAt.ShouldNotBeNull();
        (await Process.ChangesAsync(otpId)).Select(c => c.Status).ShouldBe(["PENDING", "SENT", "DELIVERED"]);
        (await Process.MessagesAsync(otpId)).Count(m => m.MessageType == "otp-delivery-changed").ShouldBe(2);
    }

    [Fact]
    public async Task Find_their_delivery_by_the_id_of_the_message()
    {
        var application = await ApplicationAsync();
        var id = NewId();
        var otpId = await SentAsync(application, id);
        (await RecordAsync(Process, new(ReceiptStatus.Read, ProviderMessageId: id), provider: "another")).ShouldBe(ReceiptResult.Kept);

        (await RecordAsync(Process, new(ReceiptStatus.Read, ProviderMessageId: id))).ShouldBe(ReceiptResult.Matched);

        (await DeliveryAsync(application, otpId)).Status.ShouldBe(DeliveryStatus.Read);
    }

    [Fact]
    public async Task Are_read_by_token_without_a_lock()
    {
        var otpId = await SentAsync(await ApplicationAsync(), NewId());

        var found = await Get<ReceiptRecording>().FindAsync(new(otpId, 1, 1), CancellationToken.None);

        (found!.OtpId, found.Provider, found.Status).ShouldBe((otpId, SuiteProcess.Gateway, DeliveryStatus.Sent));
        (await Get<ReceiptRecording>().FindAsync(new(otpId, 1, 2), CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task That_come_before_the_outcome_wait_for_it()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application, Channel.Whatsapp);
        var claimed = await Process.ClaimedAsync(otpId, Channel.Whatsapp);
        var id = NewId();
        var receipt = new Receipt(ReceiptStatus.Delivered, ProviderMessageId: id);

        var kept = await RaceAsync(4, p => RecordAsync(p, receipt));

        kept.ShouldAllBe(r => r == ReceiptResult.Kept);
        (await KeptAsync(id)).ShouldBe(1);
        await Process.ReportAsync(claimed, new SendOutcome.Accepted(id));
        (await DeliveryAsync(application, otpId)).Status.ShouldBe(DeliveryStatus.Delivered);
        (await KeptAsync(id)).ShouldBe(0);
    }

    [Fact]
    public async Task Never_miss_an_outcome_that_comes_at_the_same_time()
    {
        var application = await ApplicationAsync();
        var processes = Processes(4);
        var calls = new List<Func<Task<int>>>();
        var otps = new List<Guid>();
        for (var i = 0; i < 12; i++)
        {
            var (outcome, receipt) = (processes[i % 4], processes[(i + 1) % 4]);
            var id = NewId();
            var otpId = await Process.OtpAsync(application, Channel.Whatsapp);
            var claimed = await Process.ClaimedAsync(otpId, Channel.Whatsapp);
            otps.Add(otpId);
            calls.Add(async () => await outcome.ReportAsync(claimed, new SendOutcome.Accepted(id)) ? 1 : 0);
            calls.Add(async () => (int)await RecordAsync(receipt, new(ReceiptStatus.Delivered, ProviderMessageId: id)));
        }

        await AtOnceAsync(calls);

        foreach (var otpId in otps)
        {
            (await DeliveryAsync(application, otpId)).Status.ShouldBe(DeliveryStatus.Delivered);
        }
    }

    [Fact]
    public async Task That_wait_are_bounded_by_provider()
    {
        var provider = $"p-{Guid.NewGuid():N}";
        KeptReceipt New() => KeptReceipt.From(provider, new(ReceiptStatus.Delivered, ProviderMessageId: NewId()));
        var first = await KeepAsync([.. Enumerable.Range(0, 10).Select(_ => New())]);
        first.ShouldBeEmpty();

        var dropped = await KeepAsync([New()]);

        dropped.ShouldBe(new Dictionary<string, int>(StringComparer.Ordinal) { [provider] = 2 });
        (await Process.QueryAsync(db => db.Set<KeptReceipt>().CountAsync(r => r.Provider == provider))).ShouldBe(9);
    }

    private static string NewId() => $"m-{Guid.NewGuid():N}";

    private static Task<ReceiptResult> RecordAsync(
        SuiteProcess process, Receipt receipt, ReceiptToken? token = null, string provider = SuiteProcess.Gateway) =>
        process.Get<ReceiptRecording>().RecordAsync(new(provider, receipt) { Token = token }, CancellationToken.None);

    private Task<IReadOnlyDictionary<string, int>> KeepAsync(KeptReceipt[] receipts) =>
        Get<IReceiptStore>().KeepAsync(receipts, most: 10, CancellationToken.None);

    private async Task<Guid> SentAsync(Application application, string messageId)
    {
        var otpId = await Process.OtpAsync(application, Channel.Whatsapp);
        await Process.SendAsync(otpId, Channel.Whatsapp, messageId: messageId);
        return otpId;
    }

    private async Task<Delivery> DeliveryAsync(Application application, Guid otpId) =>
        (await Process.ReadAsync(application, otpId)).Deliveries.ShouldHaveSingleItem();

    private Task<int> KeptAsync(string id) =>
        Process.QueryAsync(db => db.Set<KeptReceipt>().CountAsync(r => r.Provider == SuiteProcess.Gateway && r.ProviderMessageId == id));
}
