using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.DeadLetters;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Outbox;

namespace OtpPipeline.Storage.Suite.Otps.Changes;

public sealed class The_purge(SuiteHost host) : StorageSpec(host)
{
    private static readonly PurgePeriods Periods = new(TimeSpan.FromDays(30), TimeSpan.FromMinutes(15), TimeSpan.FromDays(31));

    [Fact]
    public async Task Takes_an_OTP_past_its_retention_with_all_its_rows()
    {
        var old = await EndedAsync(daysAgo: 31);

        await PurgeAllAsync();

        (await RowsOfAsync(old)).ShouldBe(0);
    }

    [Theory]
    [InlineData("ended 29 days ago")]
    [InlineData("not ended")]
    [InlineData("with a message that is not published")]
    [InlineData("with a callback that is pending")]
    public async Task Leaves_an_OTP(string that)
    {
        var otpId = await EndedAsync(
            that is "ended 29 days ago" ? 29 : 31, isFinal: that is not "not ended", callback: that switch
            {
                "with a callback that is pending" => CallbackStatus.Pending,
                _ => CallbackStatus.Parked,
            });
        if (that is "with a message that is not published")
        {
            var batch = Get<IOutbox>().NewBatch();
            batch.Publish(new CallbackDue(otpId), correlationId: otpId);
            await using var context = await Process.NewContextAsync();
            context.AddOutbox(batch, await Process.ClockAsync());
            await context.SaveChangesAsync();
        }

        await PurgeAllAsync();

        (await RowsOfAsync(otpId)).ShouldBe(8);
    }

    [Fact]
    public async Task Takes_a_bounded_number_of_each_kind_at_once()
    {
        await PurgeAllAsync();
        Guid[] otps = [await EndedAsync(31), await EndedAsync(31), await EndedAsync(31)];

        (await Get<IOtpStore>().PurgeAsync(Periods, 2, CancellationToken.None)).ShouldBeGreaterThanOrEqualTo(2);

        (await Process.QueryAsync(db => db.Otps.CountAsync(o => otps.Contains(o.Id)))).ShouldBe(1);
    }

    [Fact]
    public async Task Takes_every_other_row_after_its_own_period()
    {
        var application = Guid.CreateVersion7();
        var now = await Process.ClockAsync();
        foreach (var (old, young) in new (object, object)[]
        {
            (Letter(now.AddDays(-31)), Letter(now.AddDays(-29))),
            (Parked(now.AddDays(-31)), Parked(now.AddDays(-29))),
            (Shown(application, now.AddMinutes(-16)), Shown(application, now.AddMinutes(-14))),
            (CalledBack(now.AddMinutes(-16)), CalledBack(now.AddMinutes(-14))),
            (Kept("old", now.AddMinutes(-61)), Kept("young", now.AddMinutes(-59))),
            (History(application, 1, now.AddDays(-32)), History(application, 2, now.AddDays(-30))),
            (Key(application, 1, now.AddSeconds(-1)), Key(application, 2, now.AddHours(1))),
            (Spending(application, now.AddDays(-32)), Spending(application, now.AddDays(-28))),
        })
        {
            await Process.AddAsync(old, young);

            await PurgeAllAsync();

            (await IsThereAsync(old), await IsThereAsync(young)).ShouldBe((false, true), old.GetType().Name);
        }
    }

    [Fact]
    public async Task Leaves_the_history_of_a_recipient_that_still_cools_off()
    {
        var now = await Process.ClockAsync();
        var cooling = History(Guid.CreateVersion7(), 1, now.AddDays(-40));
        cooling.CoolOffUntil = now.AddDays(1);
        await Process.AddAsync(cooling);

        await PurgeAllAsync();

        (await IsThereAsync(cooling)).ShouldBeTrue();
    }

    private async Task PurgeAllAsync()
    {
        while (await Get<IOtpStore>().PurgeAsync(Periods, 100, CancellationToken.None) > 0)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>An OTP that ended, with a row of each kind that belongs to one. An id has the time of its creation.</summary>
    private async Task<Guid> EndedAsync(int daysAgo, bool isFinal = true, CallbackStatus callback = CallbackStatus.Parked)
    {
        var ended = (await Process.ClockAsync()).AddDays(-daysAgo);
        var created = ended.AddMinutes(-1);
        var id = Guid.CreateVersion7(new DateTimeOffset(created, TimeSpan.Zero));
        var callbackId = Guid.CreateVersion7();
        await Process.AddAsync(
            new Otp
            {
                Id = id, ApplicationId = id, Channel = Channel.Sms, RecipientHash = [1], Details = [1], Sequence = 1, MaxAttempts = 5,
                Ttl = 300, Parts = 1, Status = isFinal ? OtpStatus.Failed : OtpStatus.Pending, CreatedAt = created,
                ExpiresAt = created.AddMinutes(5), FinalAt = isFinal ? ended : null,
            },
            new OtpPin { OtpId = id, Version = 1, Ciphertext = [1], KeyId = "suite", ValidUntil = created.AddMinutes(5) },
            new Delivery
            {
                Id = Guid.CreateVersion7(), OtpId = id, ApplicationId = id, Channel = Channel.Sms, Route = "default", Step = 1, Attempt = 1,
                Status = DeliveryStatus.Failed, DueAt = created, PublishDueAt = created, CreatedAt = created, UpdatedAt = ended,
            },
            new OtpChange { OtpId = id, Sequence = 1, Kind = OtpChangeKind.Created, Status = "PENDING", OccurredAt = created },
            new OtpSubmission { OtpId = id, Hash = [1], Code = 2029 },
            new PendingFeedback { OtpId = id, Attempt = 1, Republished = 0, DueAt = ended.AddYears(1) },
            new Callback
            {
                Id = callbackId, OtpId = id, ApplicationId = id, Sequence = 1, Previous = 0, Status = callback, DueAt = ended.AddYears(1),
                CreatedAt = created, UpdatedAt = created,
            },
            new CallbackAttempt { CallbackId = callbackId, Number = 1, StartedAt = created });
        return id;
    }

    private Task<int> RowsOfAsync(Guid id) => Process.QueryAsync(async db =>
        await db.Otps.CountAsync(o => o.Id == id) + await db.Pins.CountAsync(p => p.OtpId == id)
        + await db.Deliveries.CountAsync(d => d.OtpId == id) + await db.Changes.CountAsync(c => c.OtpId == id)
        + await db.Set<OtpSubmission>().CountAsync(s => s.OtpId == id) + await db.Set<PendingFeedback>().CountAsync(f => f.OtpId == id)
        + await db.Callbacks.CountAsync(c => c.OtpId == id)
        + await db.CallbackAttempts.CountAsync(a => db.Callbacks.Any(c => c.Id == a.CallbackId && c.OtpId == id)));

    private Task<bool> IsThereAsync(object row) => Process.QueryAsync(async db =>
    {
        var key = db.Model.FindEntityType(row.GetType())!.FindPrimaryKey()!.Properties.Select(p => p.PropertyInfo!.GetValue(row)).ToArray();
        return await db.FindAsync(row.GetType(), key) is not null;
    });

    private static DeadLetter Letter(DateTime at) =>
        new() { Id = Guid.CreateVersion7(), Queue = "suite", Reason = "", Headers = "{}", Size = 0, CreatedAt = at };

    private static OutboxMessage Parked(DateTime at) =>
        new() { Id = Guid.CreateVersion7(), MessageType = "unknown", Body = "{}", CreatedAt = at, DueAt = at.AddYears(1), ParkedAt = at };

    private static SandboxMessage Shown(Guid application, DateTime at) =>
        new() { Id = Guid.CreateVersion7(), ApplicationId = application, RecipientHash = [1], Content = [1], SentAt = at };

    private static SandboxCallback CalledBack(DateTime at) =>
        new() { Id = Guid.CreateVersion7(), OtpId = Guid.CreateVersion7(), Content = [1], ReceivedAt = at };

    private static KeptReceipt Kept(string id, DateTime at) =>
        new() { Provider = "purge", ProviderMessageId = id, Status = ReceiptStatus.Delivered, ReceivedAt = at };

    private static RecipientHistory History(Guid application, byte recipient, DateTime at) =>
        new() { ApplicationId = application, RecipientHash = [recipient], UpdatedAt = at };

    private static IdempotencyKey Key(Guid application, byte key, DateTime at) =>
        new() { ApplicationId = application, KeyHash = [key], CommandHash = [1], OtpId = application, ExpiresAt = at };

    private static ApplicationSpending Spending(Guid application, DateTime at) =>
        new() { ApplicationId = application, Day = DateOnly.FromDateTime(at), Spent = 1 };
}
