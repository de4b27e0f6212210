using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Pipeline.Tests.Harness;
using OtpPipeline.Storage.Postgres;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Storage;

[Collection(nameof(SharedPipeline))]
public sealed class The_purge(SharedPipeline shared)
{
    private static readonly PurgePeriods Periods = new(TimeSpan.FromDays(30), TimeSpan.FromMinutes(15), TimeSpan.FromDays(31));

    [Fact]
    public async Task Takes_what_is_past_its_retention_and_nothing_else()
    {
        var pipeline = await shared.GetAsync();
        var (old, _) = await pipeline.WithRequestedOtpAsync();
        var (untold, _) = await pipeline.WithRequestedOtpAsync();
        var (recent, _) = await pipeline.WithRequestedOtpAsync();
        var (pending, _) = await pipeline.WithRequestedOtpAsync();
        foreach (var id in new[] { old, untold, recent })
        {
            (await pipeline.Client.CancelAsync(id)).Status.ShouldBe(200);
        }

        await AtRestAsync(pipeline, old);
        await pipeline.Database.ExecuteAsync(
            "INSERT INTO outbox_messages (id, message_type, body, created_at, due_at, attempts, parked_at, correlation_id) VALUES " +
            "($1, 'unknown', '{}', now(), now(), 20, now(), $2)",
            Guid.NewGuid(),
            untold);
        (old, untold) = (await AgeAsync(pipeline, old), await AgeAsync(pipeline, untold));
        await pipeline.Database.ExecuteAsync(
            "INSERT INTO pending_feedback (otp_id, attempt, republished, due_at) SELECT unnest($1), 1, 0, now()", new[] { old, recent });

        await PurgeAsync(pipeline);

        (await pipeline.Database.OtpsAsync(old, untold, recent, pending)).Select(o => o.Id)
            .ShouldBe([untold, recent, pending], ignoreOrder: true);
        (await pipeline.Database.DeliveriesAsync(old)).ShouldBeEmpty();
        (await pipeline.Database.CountAsync("otp_changes WHERE otp_id = $1", old)).ShouldBe(0);
        (await pipeline.Database.CountAsync("otp_changes WHERE otp_id = $1", recent)).ShouldBeGreaterThanOrEqualTo(2);
        (await pipeline.Database.ReadAsync(r => r.GetGuid(0), "SELECT otp_id FROM pending_feedback")).ShouldBe([recent]);
        (await pipeline.Client.GetAsync(old)).Status.ShouldBe(404);
        (await pipeline.Client.GetAsync(recent)).OtpStatus.ShouldBe("CANCELLED");
        (await pipeline.Database.CountAsync("otp_pins WHERE otp_id = $1", pending)).ShouldBe(1);
    }

    [Fact]
    public async Task Takes_a_message_that_was_parked_as_long_as_a_dead_letter_stays()
    {
        var pipeline = await shared.GetAsync();
        var (old, recent, waiting) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        foreach (var (id, days) in new (Guid, int?)[] { (old, 31), (recent, 29), (waiting, null) })
        {
            await pipeline.Database.ExecuteAsync(
                """
                INSERT INTO outbox_messages (id, message_type, body, created_at, due_at, attempts, parked_at)
                VALUES ($1, 'unknown', '{}', now() - interval '40 days', now() + interval '1 hour', 20, now() - make_interval(days => $2))
                """,
                id,
                (object?)days ?? DBNull.Value);
        }

        await PurgeAsync(pipeline);

        var left = await pipeline.Database.ReadAsync(
            r => r.GetGuid(0), "SELECT id FROM outbox_messages WHERE id = ANY ($1)", new[] { old, recent, waiting });
        await pipeline.Database.ExecuteAsync("DELETE FROM outbox_messages WHERE id = ANY ($1)", new[] { recent, waiting });
        left.ShouldBe([recent, waiting], ignoreOrder: true);
    }

    [Fact]
    public async Task Takes_a_receipt_that_waited_an_hour_for_its_message()
    {
        var pipeline = await shared.GetAsync();
        var run = Guid.NewGuid().ToString("N");
        foreach (var minutes in new[] { 59, 61 })
        {
            await pipeline.Database.ExecuteAsync(
                """
                INSERT INTO kept_receipts (provider, provider_message_id, status, received_at)
                VALUES ($1, $2, 'DELIVERED', now() - make_interval(mins => $3))
                """,
                run,
                $"after {minutes}",
                minutes);
        }

        await PurgeAsync(pipeline);

        var left = await pipeline.Database.ReadAsync(
            r => r.GetString(0), "SELECT provider_message_id FROM kept_receipts WHERE provider = $1", run);
        left.ShouldBe(["after 59"]);
    }

    [Theory]
    [InlineData("PENDING", true)]
    [InlineData("DELIVERED", false)]
    [InlineData("PARKED", false)]
    public async Task Takes_callbacks_with_their_OTP_but_leaves_an_OTP_whose_callback_is_open(string status, bool stays)
    {
        var pipeline = await shared.GetAsync();
        var (otpId, _) = await pipeline.WithRequestedOtpAsync();
        (await pipeline.Client.CancelAsync(otpId)).Status.ShouldBe(200);
        await AtRestAsync(pipeline, otpId);
        otpId = await AgeAsync(pipeline, otpId);
        await pipeline.Database.ExecuteAsync(
            """
            WITH c AS (
                INSERT INTO callbacks (id, otp_id, application_id, sequence, status, content, attempts, failures, due_at, created_at, updated_at)
                SELECT $1, id, application_id, 2, $2, '', 1, 1, now() + interval '1 hour', now(), now() FROM otps WHERE id = $3 RETURNING id)
            INSERT INTO callback_attempts (callback_id, number, started_at, duration_ms) SELECT id, 1, now(), 5 FROM c
            """,
            Guid.NewGuid(),
            status,
            otpId);

        await PurgeAsync(pipeline);

        var left = stays ? 1 : 0;
        (await pipeline.Database.CountAsync("otps WHERE id = $1", otpId)).ShouldBe(left);
        (await pipeline.Database.CountAsync("callbacks WHERE otp_id = $1", otpId)).ShouldBe(left);
        (await pipeline.Database.CountAsync("callback_attempts a WHERE EXISTS (SELECT FROM callbacks c WHERE c.id = a.callback_id AND " +
            "c.otp_id = $1)", otpId)).ShouldBe(left);
        (await pipeline.Database.CountAsync("callback_attempts a WHERE NOT EXISTS (SELECT FROM callbacks c WHERE c.id = a.callback_id)"))
            .ShouldBe(0);
        await pipeline.Database.ExecuteAsync("UPDATE callbacks SET status = 'PARKED' WHERE otp_id = $1", otpId);
    }

    [Fact]
    public async Task Leaves_the_history_of_a_recipient_that_still_cools_off()
    {
        var pipeline = await shared.GetAsync();
        var (idle, _) = await pipeline.WithRequestedOtpAsync();
        var (cooling, _) = await pipeline.WithRequestedOtpAsync();
        const string HistoryOf = "(application_id, recipient_hash) = (SELECT application_id, recipient_hash FROM otps WHERE id = $1)";
        await pipeline.Database.ExecuteAsync(
            $"UPDATE recipient_histories SET updated_at = now() - interval '40 days' WHERE {HistoryOf}", idle);
        await pipeline.Database.ExecuteAsync(
            $"UPDATE recipient_histories SET updated_at = now() - interval '40 days', cool_off_until = now() + interval '1 day' WHERE {HistoryOf}",
            cooling);

        await PurgeAsync(pipeline);

        (await pipeline.Database.CountAsync($"recipient_histories WHERE {HistoryOf}", idle)).ShouldBe(0);
        (await pipeline.Database.CountAsync($"recipient_histories WHERE {HistoryOf}", cooling)).ShouldBe(1);
    }

    [Fact]
    public async Task Takes_dead_letters_and_answered_submissions_with_the_retention_of_otps()
    {
        var pipeline = await shared.GetAsync();
        var (gone, _) = await pipeline.WithRequestedOtpAsync();
        var (kept, _) = await pipeline.WithRequestedOtpAsync();
        foreach (var id in new[] { gone, kept })
        {
            (await pipeline.Client.CancelAsync(id)).Status.ShouldBe(200);
            await pipeline.Database.ExecuteAsync("INSERT INTO otp_submissions (otp_id, hash, code) VALUES ($1, '\\x01', 2029)", id);
            await pipeline.Database.ExecuteAsync(
                "INSERT INTO dead_letters (id, queue, reason, headers, size, created_at) VALUES ($1, 'purge', $2, '{}', 0, now() - $3)",
                Guid.NewGuid(),
                id.ToString(),
                TimeSpan.FromDays(id == gone ? 31 : 29));
        }

        await AtRestAsync(pipeline, gone);
        gone = await AgeAsync(pipeline, gone);
        await PurgeAsync(pipeline);

        (await pipeline.Database.ReadAsync(r => r.GetString(0), "SELECT reason FROM dead_letters WHERE queue = 'purge'"))
            .ShouldBe([kept.ToString()]);
        (await pipeline.Database.ReadAsync(r => r.GetGuid(0), "SELECT otp_id FROM otp_submissions WHERE otp_id = ANY " +
            "($1)", new[] { gone, kept })).ShouldBe([kept]);
    }

    /// <summary>
    /// Its call is over and its events are out, seen in one look: a call under way still writes its outcome and an event.
    /// </summary>
    private static Task AtRestAsync(RunningPipeline pipeline, Guid otpId) => Eventually.Until(
        async () => await pipeline.Database.CountAsync(
            """
            otps o WHERE id = $1
              AND NOT EXISTS (SELECT FROM deliveries d WHERE d.otp_id = o.id AND d.status = 'SENDING')
              AND NOT EXISTS (SELECT FROM outbox_messages m WHERE m.correlation_id = o.id)
            """,
            otpId) == 1,
        $"{otpId} is at rest");

    /// <summary>Makes a final OTP 31 days older; its id, which has the time of its creation, becomes another.</summary>
    private static async Task<Guid> AgeAsync(RunningPipeline pipeline, Guid otpId)
    {
        var aged = Guid.CreateVersion7(DateTimeOffset.UtcNow - TimeSpan.FromDays(31));
        await pipeline.Database.ExecuteAsync(
            """
            WITH d AS (UPDATE deliveries SET otp_id = $2 WHERE otp_id = $1),
                 c AS (UPDATE otp_changes SET otp_id = $2 WHERE otp_id = $1),
                 s AS (UPDATE otp_submissions SET otp_id = $2 WHERE otp_id = $1),
                 m AS (UPDATE outbox_messages SET correlation_id = $2 WHERE correlation_id = $1)
            UPDATE otps SET id = $2, final_at = final_at - interval '31 days' WHERE id = $1
            """,
            otpId,
            aged);
        return aged;
    }

    private static async Task PurgeAsync(RunningPipeline pipeline)
    {
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddLogging()
            .AddOtpCore()
            .AddPostgresStorage(pipeline.Database.ConnectionString)
            .BuildServiceProvider();
        var store = services.GetRequiredService<IOtpStore>();
        while (await store.PurgeAsync(Periods, 100, CancellationToken.None) > 0)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
