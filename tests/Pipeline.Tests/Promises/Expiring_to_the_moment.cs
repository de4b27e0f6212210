using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

[Collection(nameof(Alone))]
public sealed class Expiring_to_the_moment(SharedPipeline shared)
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("+1h")]
    [InlineData("-1h")]
    public async Task Hosts_with_a_wrong_clock_expire_what_is_due_in_time(string offset)
    {
        var count = Load.Scale(500, 10_000);
        await using var pipeline = await RunningPipeline.StartAsync(new() { Apis = 2, ClockOffset = offset });
        ShouldHave(pipeline, offset);
        var otps = await pipeline.WithRequestedOtpsAsync(count, ttl: 1800);
        var ids = otps.Select(o => o.OtpId).ToArray();
        await UntilSentAsync(pipeline, ids);
        var pins = await Load.RunAsync(Load.Scale(40, 500), 20, i => pipeline.Sandbox.PinAsync(otps[i].Recipient, TimeSpan.FromMinutes(1)));

        // Due within one second, each at its own moment.
        await pipeline.Database.ExecuteAsync(
            """
            WITH o AS (
                UPDATE otps SET expires_at = clock_timestamp() + interval '4 seconds' + random() * interval '1 second'
                WHERE id = ANY ($1) RETURNING id, expires_at)
            UPDATE otp_pins p SET valid_until = o.expires_at FROM o WHERE p.otp_id = o.id
            """,
            ids);
        var expiry = (await pipeline.Database.OtpsAsync(ids)).ToDictionary(o => o.Id, o => o.ExpiresAt);
        var guesses = await Load.RunAsync(
            pins.Length, pins.Length, i => GuessAroundAsync(pipeline, otps[i].OtpId, expiry[otps[i].OtpId], pins[i]));

        guesses.ShouldAllBe(g => g);
        await Eventually.Until(() => Expired(pipeline, ids).Count == count, $"{count} EXPIRED events arrive", TimeSpan.FromMinutes(2));
        var lateness = Expired(pipeline, ids).Select(e => e.ArrivedAt - expiry[e.OtpId]).Order().ToList();
        var written = (await pipeline.Database.OtpsAsync(ids)).Select(o => o.FinalAt!.Value - o.ExpiresAt).Order().ToList();
        Expired(pipeline, ids).ShouldAllBe(e => e.OccurredAt >= expiry[e.OtpId]);
        Figures.Print(
            $"{count} OTPs due in one second, hosts' clocks off by {offset}",
            $"status written after {written[count / 2].TotalSeconds:0.00} s (median), {written[^1].TotalSeconds:0.00} s (last); EXPIRED events after {lateness[count / 2].TotalSeconds:0.00} s (median), {lateness[^1].TotalSeconds:0.00} s (last)");
        lateness[^1].ShouldBeLessThanOrEqualTo(Promised);
    }

    [Fact]
    public async Task Without_a_worker_nothing_verifies_late_and_GET_shows_EXPIRED()
    {
        var pipeline = await shared.GetAsync();
        var worker = await pipeline.WithOneWorkerAsync();
        var otps = await pipeline.WithRequestedOtpsAsync(20);
        var ids = otps.Select(o => o.OtpId).ToArray();
        await UntilSentAsync(pipeline, ids);
        var pins = await Load.RunAsync(otps.Length, 20, i => pipeline.Sandbox.PinAsync(otps[i].Recipient, TimeSpan.FromMinutes(1)));
        await worker.KillAsync();

        var due = await pipeline.Database.ExpireInAsync(TimeSpan.FromSeconds(1), ids);
        await Eventually.Until(async () => await pipeline.Database.ClockAsync() >= due, "the database's clock is there");

        (await Load.RunAsync(20, 20, i => pipeline.Client.GetAsync(ids[i]))).ShouldAllBe(a => a.OtpStatus == "EXPIRED");
        (await Load.RunAsync(10, 10, i => pipeline.Client.CancelAsync(ids[i]))).ShouldAllBe(a => a.Code == 2031);
        (await Load.RunAsync(20, 20, i => pipeline.Client.VerifyAsync(ids[i], pins[i]))).ShouldAllBe(a => a.Code == 2028 || a.Code == 2025);
        await pipeline.StartWorkerAsync();
    }

    [Fact]
    public async Task A_PIN_that_waited_for_the_lock_beyond_its_time_does_not_verify()
    {
        var pipeline = await shared.GetAsync();
        var worker = await pipeline.WithOneWorkerAsync();
        var (otp, recipient) = await pipeline.WithRequestedOtpAsync();
        var pin = await pipeline.Sandbox.PinAsync(recipient);
        await pipeline.UntilDeliveryAsync(otp, "SENT");
        await worker.KillAsync();
        var due = await pipeline.Database.ExpireInAsync(TimeSpan.FromSeconds(2), otp);
        Task<HostAnswer> guess;
        await using (await pipeline.Database.HoldAsync("SELECT 1 FROM otps WHERE id = $1 FOR UPDATE", otp))
        {
            guess = pipeline.Client.VerifyAsync(otp, pin);
            await Eventually.Until(async () => await pipeline.Database.WaitingAsync() > 0, "the verification waits for the lock");
            (await pipeline.Database.ClockAsync()).ShouldBeLessThan(due);
            await Eventually.Until(async () => await pipeline.Database.ClockAsync() > due, "the time is over");
        }

        (await guess).Code.ShouldBe(2028);
        await pipeline.StartWorkerAsync();
    }

    /// <summary>Guesses right as the time runs out: true when each success began before it, by the database's clock.</summary>
    private static async Task<bool> GuessAroundAsync(RunningPipeline pipeline, Guid otp, DateTime expiresAt, string pin)
    {
        // Until just after the moment only looks, so that the PIN is still unused then.
        var wait = expiresAt - DateTime.UtcNow;
        await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, TestContext.Current.CancellationToken);
        await Eventually.Until(async () => await pipeline.Database.ClockAsync() >= expiresAt, "the moment is there");
        var (seen, guess) = (await pipeline.Client.GetAsync(otp), await pipeline.Client.VerifyAsync(otp, pin));
        return seen.OtpStatus == "EXPIRED" && guess.Code is 2025 or 2028;
    }

    private static List<Event> Expired(RunningPipeline pipeline, Guid[] ids)
    {
        var ours = ids.ToHashSet();
        return [.. pipeline.Events.All.Where(e => e.IsStatus && e.Status == "EXPIRED" && ours.Contains(e.OtpId)).DistinctBy(e => e.OtpId)];
    }

    private static Task UntilSentAsync(RunningPipeline pipeline, Guid[] ids) => Eventually.Until(
        async () => await pipeline.Database.CountAsync("deliveries WHERE status = 'SENT' AND otp_id = ANY ($1)", ids) == ids.Length,
        "everything is sent",
        TimeSpan.FromMinutes(3));

    /// <summary>That the wrong clock is really wrong: otherwise the test would prove nothing.</summary>
    private static void ShouldHave(RunningPipeline pipeline, string offset)
    {
        var expected = DateTime.UtcNow.AddHours(offset == "+1h" ? 1 : -1).TimeOfDay;
        foreach (var host in pipeline.Apis.Concat(pipeline.Workers))
        {
            var logged = TimeSpan.Parse(File.ReadLines(host.LogFile).Last(l => l.Length > 12 && l[2] == ':' && l[8] == '.')[..12]);
            (logged - expected).TotalMinutes.ShouldBe(0, 5, $"the clock in {host.LogFile}");
        }
    }
}
