using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Storage.Suite.Otps.Reading;

public sealed class Listing_OTPs(SuiteHost host) : StorageSpec(host)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task In_pages_shows_each_once_also_those_of_one_microsecond(bool ofOneApplication)
    {
        var (one, other) = (await ApplicationAsync(), await ApplicationAsync());
        var newest = new DateTime(ofOneApplication ? 2020 : 2021, 1, 2, 3, 4, 5, 6, 7, DateTimeKind.Utc);
        var rows = StoredOtps.Create(Process.Secrets, one.Id, 53, atOnce: 20, newest);
        var others = StoredOtps.Create(Process.Secrets, other.Id, 20, atOnce: 20, newest);
        await Process.AddAsync([.. rows, .. others]);
        var filter = new OtpFilter(ofOneApplication ? one.Id : null, From: newest.AddDays(-1), To: newest.AddDays(1));

        var pages = await PagesAsync(filter, limit: 7);

        var seen = pages.SelectMany(p => p).ToList();
        seen.Select(o => o.Otp.Id).ShouldBe((ofOneApplication ? rows : rows.Concat(others)).Select(o => o.Id), ignoreOrder: true);
        seen.Select(o => o.Otp.CreatedAt).ShouldBe(seen.Select(o => o.Otp.CreatedAt).OrderDescending());
        pages.SkipLast(1).ShouldAllBe(p => p.Count == 7);
    }

    [Fact]
    public async Task Finds_those_that_fit_each_filter()
    {
        var application = await ApplicationAsync();
        var (phone, trackId) = (Recipients.Next(), Guid.NewGuid());
        var wanted = await Process.OtpAsync(application, new { channel = "ussd", phoneNumber = phone, trackId, externalId = "A/ü 7" });
        var stranger = await Process.OtpAsync(
            await ApplicationAsync(), new { channel = "ussd", phoneNumber = phone, trackId, externalId = "A/ü 7" });
        var tested = (await Process.RequestAsync(new(application.ForTests()))).Value.Otp.Id;
        var plain = await Process.OtpAsync(application, new { phoneNumber = Recipients.Next(), externalId = "a/ü 7" });
        await Process.CancelAsync(application, wanted);
        var recipient = Process.Secrets.HashRecipient(Recipient.FromStored(RecipientKind.Phone, phone, "FR"));
        var external = Process.Secrets.HashExternalId("A/ü 7");

        (await FoundAsync(new(application.Id))).ShouldBe([wanted, tested, plain], ignoreOrder: true);
        (await FoundAsync(new(application.Id, RecipientHash: recipient))).ShouldBe([wanted]);
        (await FoundAsync(new(application.Id, TrackId: trackId))).ShouldBe([wanted]);
        (await FoundAsync(new(application.Id, ExternalHash: external))).ShouldBe([wanted]);
        (await FoundAsync(new(application.Id, Status: OtpStatus.Cancelled))).ShouldBe([wanted]);
        (await FoundAsync(new(application.Id, Channel: Channel.Ussd))).ShouldBe([wanted]);
        (await FoundAsync(new(application.Id, IsTest: true))).ShouldBe([tested]);
        (await FoundAsync(new(null, RecipientHash: recipient))).ShouldBe([wanted, stranger], ignoreOrder: true);
        (await FoundAsync(new(application.Id, recipient, trackId, external, OtpStatus.Cancelled, Channel.Ussd, IsTest: false)))
            .ShouldBe([wanted]);
        (await FoundAsync(new(application.Id, recipient, trackId, external, OtpStatus.Verified))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Takes_from_as_the_first_moment_and_to_as_the_one_after_the_last()
    {
        var application = await ApplicationAsync();
        var newest = new DateTime(2020, 5, 6, 7, 8, 9, DateTimeKind.Utc);
        var rows = StoredOtps.Create(Process.Secrets, application.Id, 4, atOnce: 1, newest);
        await Process.AddAsync([.. rows]);

        (await FoundAsync(new(application.Id, From: newest.AddSeconds(-2), To: newest))).ShouldBe([rows[1].Id, rows[2].Id]);
    }

    [Fact]
    public async Task Shows_a_pending_OTP_past_its_end_as_expired()
    {
        var application = await ApplicationAsync();
        var otps = await Process.OtpsAsync(application, 2);
        await Process.ExpireAsync(otps[0]);

        (await FoundAsync(new(application.Id, Status: OtpStatus.Expired))).ShouldBe([otps[0]]);
        (await FoundAsync(new(application.Id, Status: OtpStatus.Pending))).ShouldBe([otps[1]]);
        (await PagesAsync(new(application.Id, Status: OtpStatus.Expired), 10))[0][0].State.Status.ShouldBe(OtpStatus.Expired);
    }

    [Fact]
    public async Task Shows_the_deliveries_of_each_in_their_order()
    {
        var application = await ApplicationAsync();
        var otps = await Process.OtpsAsync(application, 2);
        await Process.ReportAsync(await Process.ClaimedAsync(otps[0]), new SendOutcome.ProviderFailed("unavailable"));

        var found = (await PagesAsync(new(application.Id), 10)).Single().ToDictionary(o => o.Otp.Id);

        found[otps[0]].Deliveries.Select(d => (d.Attempt, d.Status))
            .ShouldBe([(1, DeliveryStatus.Failed), (2, DeliveryStatus.Queued)]);
        found[otps[1]].Deliveries.Select(d => (d.Attempt, d.Status)).ShouldBe([(1, DeliveryStatus.Queued)]);
    }

    private async Task<List<Guid>> FoundAsync(OtpFilter filter) =>
        [.. (await PagesAsync(filter, 10)).SelectMany(p => p).Select(o => o.Otp.Id)];

    private async Task<List<IReadOnlyList<OtpView>>> PagesAsync(OtpFilter filter, int limit)
    {
        var pages = new List<IReadOnlyList<OtpView>>();
        OtpPlace? after = null;
        do
        {
            var page = await Get<OtpReader>().ListAsync(application: null, filter, after, limit, CancellationToken.None);
            pages.Add(page.Otps);
            after = page.Next;
        }
        while (after is not null);
        return pages;
    }
}
