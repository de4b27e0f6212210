using System.Collections.Concurrent;
using Npgsql;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Storage;

/// <summary>
/// Tables change, locks are held for longer than hosts wait for them, and statements are canceled, while OTPs are requested, delivered
/// and verified.
/// </summary>
public sealed class Changing_tables_beside_working_hosts
{
    private const int Callers = 6;
    private const string LockNotAvailable = "55P03";
    private static readonly TimeSpan LongerThanHostsWait = TimeSpan.FromMilliseconds(600);

    private static readonly string[] Changes =
    [
        "ALTER TABLE otps ADD COLUMN later text NOT NULL DEFAULT 'x'",
        "ALTER TABLE deliveries ADD COLUMN later text",

        // Another type of a column that statements return: kept plans are refused with 0A000.
        "ALTER TABLE otps ALTER COLUMN country_iso TYPE varchar(20)",
        "ALTER TABLE deliveries ALTER COLUMN reason TYPE varchar(2000)",
        "CREATE INDEX ix_later ON otps (later)",
        "ALTER TABLE recipient_histories ADD COLUMN later int NOT NULL DEFAULT 0",
    ];

    private readonly ConcurrentDictionary<Guid, string> _accepted = new();
    private readonly ConcurrentDictionary<int, int> _statuses = new();
    private readonly ConcurrentQueue<HostAnswer> _failed = new();

    [Fact]
    public async Task Costs_no_500_no_dead_letter_and_no_OTP()
    {
        await using var pipeline = await RunningPipeline.StartAsync(new() { ConnectionOptions = "-c lock_timeout=300" });
        using (var stop = new CancellationTokenSource())
        {
            var callers = Enumerable.Range(0, Callers).Select(_ => Task.Run(() => CallAsync(pipeline, stop.Token))).ToArray();
            foreach (var change in Changes)
            {
                await UntilAcceptedAsync(10);
                await ChangeAsync(pipeline, change);
                await UntilAcceptedAsync(10);
                await using (await pipeline.Database.HoldAsync("LOCK TABLE otps, outbox_messages IN EXCLUSIVE MODE"))
                {
                    await Task.Delay(LongerThanHostsWait);
                }

                await CancelAsync(pipeline);
            }

            (await pipeline.MigrateAsync()).ShouldBe(0);
            await UntilAcceptedAsync(10);
            await stop.CancelAsync();
            await Task.WhenAll(callers);
        }

        _failed.ShouldBeEmpty();
        _statuses.Keys.Except([200, 201, 400, 503]).ShouldBeEmpty();
        _statuses.GetValueOrDefault(503).ShouldBePositive("the locks were held for longer than hosts wait");
        await Eventually.Until(
            async () => await pipeline.Database.CountAsync(
                "otps o WHERE NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.otp_id = o.id AND d.status IN ('SENT', 'SUPPRESSED'))") == 0,
            "every OTP was sent, or verified before that",
            TimeSpan.FromSeconds(60));
        (await pipeline.Database.CountAsync("otps WHERE id = ANY ($1)", _accepted.Keys.ToArray())).ShouldBe(_accepted.Count);
        (await pipeline.Database.ReadAsync(
            r => $"{r.GetString(0)}: {r.GetString(1)} {r.GetString(2)}", "SELECT queue, reason, headers::text FROM dead_letters")).ShouldBeEmpty();
    }

    /// <summary>Requests an OTP, guesses wrong, and verifies it.</summary>
    private async Task CallAsync(RunningPipeline pipeline, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var recipient = Recipients.Next();
            var made = await NoteAsync(pipeline.Client.RequestAsync(new { phoneNumber = recipient }));
            if (made.Status == 201)
            {
                _accepted[made.OtpId] = recipient;
                await NoteAsync(pipeline.Client.VerifyAsync(made.OtpId, "0000000000"));
                await NoteAsync(pipeline.Client.GetAsync(made.OtpId));
            }
        }
    }

    private async Task<HostAnswer> NoteAsync(Task<HostAnswer> call)
    {
        var answer = await call;
        _statuses.AddOrUpdate(answer.Status, 1, (_, n) => n + 1);
        if (answer.Status == 500)
        {
            _failed.Enqueue(answer);
        }

        return answer;
    }

    private Task UntilAcceptedAsync(int more)
    {
        var before = _accepted.Count;
        return Eventually.Until(() => Task.FromResult(_accepted.Count >= before + more), "the hosts go on", TimeSpan.FromSeconds(30));
    }

    /// <summary>As --migrate does: it waits for a table shortly, and again.</summary>
    private static async Task ChangeAsync(RunningPipeline pipeline, string change)
    {
        for (var done = false; !done;)
        {
            try
            {
                await pipeline.Database.ExecuteAsync($"SET lock_timeout = 1000; {change}");
                done = true;
            }
            catch (PostgresException failure) when (failure.SqlState == LockNotAvailable)
            {
                done = false;
            }
        }
    }

    /// <summary>Every statement of the hosts that runs at this moment.</summary>
    private static Task CancelAsync(RunningPipeline pipeline) => pipeline.Database.ExecuteAsync(
        """
        SELECT pg_cancel_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'
        """);
}
