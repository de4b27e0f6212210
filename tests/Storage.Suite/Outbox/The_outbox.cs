using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Outbox;

namespace OtpPipeline.Storage.Suite.Outbox;

/// <summary>Each test claims all that is due, so that it sees no message of another one.</summary>
public sealed class The_outbox(SuiteHost host) : StorageSpec(host)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private readonly Guid _lease = Guid.CreateVersion7();

    private IOutboxStore Store => Get<IOutboxStore>();

    [Fact]
    public async Task Stores_a_message_under_the_claim_of_its_writer_by_the_databases_clock()
    {
        var before = await Process.ClockAsync();
        var otpId = await Process.OtpAsync(await ApplicationAsync());

        var row = (await Process.MessagesAsync(otpId)).ShouldHaveSingleItem();

        row.CreatedAt.ShouldBeInRange(before, await Process.ClockAsync());
        (row.DueAt - row.CreatedAt).ShouldBe(TimeSpan.FromSeconds(30));
        row.LeaseId.ShouldNotBeNull();
        (row.Attempts, row.ParkedAt, row.LastError).ShouldBe((0, null, null));
        (await Store.ClaimAsync(_lease, Lease, 1000, CancellationToken.None)).ShouldNotContain(m => m.Id == row.Id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Holds_what_a_context_of_its_own_committed(bool commit)
    {
        var batch = Get<IOutbox>().NewBatch();
        var subject = Guid.CreateVersion7();
        batch.Publish(new Core.Callbacks.CallbackDue(subject), correlationId: subject);
        await using (var context = await Process.NewContextAsync())
        {
            await using var transaction = await context.Database.BeginTransactionAsync();
            context.AddOutbox(batch, await Process.ClockAsync());
            await context.SaveChangesAsync();
            if (commit)
            {
                await transaction.CommitAsync();
            }
        }

        (await Process.MessagesAsync(subject)).Count.ShouldBe(commit ? 1 : 0);
    }

    [Fact]
    public async Task Gives_each_row_to_one_of_many_processes()
    {
        var rows = await DueAsync(30);

        var claimed = await RaceAsync(
            4, p => p.Get<IOutboxStore>().ClaimAsync(Guid.CreateVersion7(), Lease, 7, CancellationToken.None), each: 3);

        claimed.ShouldAllBe(c => c.Count <= 7);
        var rest = await Store.ClaimAsync(_lease, Lease, 1000, CancellationToken.None);
        claimed.SelectMany(c => c).Concat(rest).Select(m => m.Id).ShouldBe(rows, ignoreOrder: true);
    }

    [Fact]
    public async Task Gives_the_longest_due_rows_first()
    {
        var rows = await DueAsync(5);

        (await ClaimAsync(2)).ShouldBe(rows[..2], ignoreOrder: true);
        (await ClaimAsync(2)).ShouldBe(rows[2..4], ignoreOrder: true);
        (await ClaimAsync(2)).ShouldBe(rows[4..]);
        (await ClaimAsync(2)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Brings_a_message_back_as_it_was()
    {
        var batch = Get<IOutbox>().NewBatch();
        batch.Send(
            new Core.Callbacks.CallbackDue(Guid.CreateVersion7()), new Uri("queue:somewhere"), "a.key", TimeSpan.FromMilliseconds(1),
            new Dictionary<string, string>(StringComparer.Ordinal) { ["X-Kind"] = "odd é" },
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", Guid.CreateVersion7());
        await using (var unit = await Get<IOtpStore>().BeginAsync(CancellationToken.None))
        {
            await unit.SaveAsync(new(batch, default, Process.Secrets), batch.Messages, CancellationToken.None);
        }

        var written = batch.Messages[0];
        await DueAsync(0, written.Id);
        var read = (await Store.ClaimAsync(_lease, Lease, 1, CancellationToken.None)).ShouldHaveSingleItem();
        (read.Id, read.MessageType, read.Body, read.Headers, read.RoutingKey, read.DestinationAddress, read.TraceParent, read.CorrelationId)
            .ShouldBe((written.Id, written.MessageType, written.Body, written.Headers, written.RoutingKey, written.DestinationAddress,
                written.TraceParent, written.CorrelationId));
        read.LeaseId.ShouldBe(_lease);
    }

    [Fact]
    public async Task Ignores_the_reports_of_one_whose_claim_has_passed_to_another()
    {
        var row = (await DueAsync(1))[0];
        (await ClaimAsync(1)).ShouldBe([row]);
        (await ClaimAsync(1)).ShouldBeEmpty("the claim holds");
        await DueAsync(0, row);
        var second = Guid.CreateVersion7();
        (await Store.ClaimAsync(second, Lease, 1, CancellationToken.None)).Count.ShouldBe(1);

        await Store.FailAsync(_lease, [new(row, null, "late")], CancellationToken.None);
        await Store.ReleaseAsync(_lease, [row], TimeSpan.Zero, CancellationToken.None);

        var stored = await RowAsync(row);
        (stored!.LeaseId, stored.Attempts, stored.ParkedAt).ShouldBe((second, 0, null));
        stored.DueAt.ShouldBeGreaterThan(await Process.ClockAsync());
    }

    [Fact]
    public async Task Puts_a_failed_message_off_or_parks_it()
    {
        var rows = await DueAsync(2);
        await ClaimAsync(2);
        var before = await Process.ClockAsync();

        await Store.FailAsync(
            _lease, [new(rows[0], TimeSpan.FromMinutes(5), "first"), new(rows[1], null, "second")], CancellationToken.None);

        var (late, parked) = (await RowAsync(rows[0]), await RowAsync(rows[1]));
        (late!.Attempts, late.LastError, late.ParkedAt, late.LeaseId).ShouldBe((1, "first", null, null));
        late.DueAt.ShouldBeInRange(before.AddMinutes(5), (await Process.ClockAsync()).AddMinutes(5));
        (parked!.Attempts, parked.LastError, parked.ParkedAt is null).ShouldBe((1, "second", false));
        (await ClaimAsync(10)).ShouldBeEmpty();
        await Store.DiscardAsync(rows, CancellationToken.None);
    }

    [Fact]
    public async Task Gives_back_what_was_claimed()
    {
        var rows = await DueAsync(2);
        await ClaimAsync(2);

        await Store.ReleaseAsync(_lease, rows[..1], TimeSpan.Zero, CancellationToken.None);
        await Store.ReleaseAsync(_lease, rows[1..], TimeSpan.FromMinutes(1), CancellationToken.None);

        (await ClaimAsync(10)).ShouldBe(rows[..1]);
        (await RowAsync(rows[1]))!.LeaseId.ShouldBeNull();
    }

    [Fact]
    public async Task Forgets_what_the_broker_has_confirmed()
    {
        var rows = await DueAsync(3);
        await ClaimAsync(1);

        await Store.DeleteAsync(rows[..2], CancellationToken.None);

        (await ClaimAsync(10)).ShouldBe(rows[2..]);
        (await RowAsync(rows[0])).ShouldBeNull();
    }

    [Fact]
    public async Task Lets_an_operator_list_replay_and_discard_parked_messages()
    {
        var rows = await DueAsync(5);
        await ClaimAsync(5);
        await Store.FailAsync(_lease, [.. rows[..4].Select(r => new OutboxFailure(r, null, "parked"))], CancellationToken.None);

        var listed = new List<Guid>();
        while (await Store.ListParkedAsync(3, listed.Count == 0 ? null : listed[^1], CancellationToken.None) is { Count: > 0 } page)
        {
            listed.AddRange(page.Select(m => m.Id));
        }

        listed.ShouldBe(rows[..4], ignoreOrder: true);
        (await Store.ReplayAsync([rows[0], rows[1], rows[4]], CancellationToken.None)).ShouldBe(2);
        (await Store.DiscardAsync([rows[1], rows[2], rows[4]], CancellationToken.None)).ShouldBe(1);
        (await ClaimAsync(10)).ShouldBe(rows[..2], ignoreOrder: true);
        (await RowAsync(rows[0]))!.Attempts.ShouldBe(0);
        (await Store.ListParkedAsync(10, null, CancellationToken.None)).Select(m => m.Id).ShouldBe([rows[3]]);
        (await RowAsync(rows[4])).ShouldNotBeNull();
        await Store.DiscardAsync(rows, CancellationToken.None);
    }

    private async Task<IEnumerable<Guid>> ClaimAsync(int limit) =>
        (await Store.ClaimAsync(_lease, Lease, limit, CancellationToken.None)).Select(m => m.Id);

    private Task<OutboxMessage?> RowAsync(Guid id) =>
        Process.QueryAsync(db => db.Set<OutboxMessage>().AsNoTracking().SingleOrDefaultAsync(m => m.Id == id));

    /// <summary>Adds messages that are due, the first for the longest, and makes others due.</summary>
    private async Task<List<Guid>> DueAsync(int count, params Guid[] others)
    {
        var now = await Process.ClockAsync();
        List<OutboxMessage> rows =
        [
            .. Enumerable.Range(0, count).Select(i => new OutboxMessage
            {
                Id = Guid.NewGuid(),
                MessageType = "otp-callback",
                Body = "{}",
                CreatedAt = now,
                DueAt = now.AddSeconds(i - 1 - count),
            }),
        ];
        await Process.AddAsync([.. rows]);
        await Process.QueryAsync(db => db.Set<OutboxMessage>().Where(m => others.Contains(m.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.DueAt, now.AddSeconds(-1))));
        return [.. rows.Select(r => r.Id)];
    }
}
