using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>Hosts an hour ahead and an hour behind, of each kind one: the database's clock decides.</summary>
public sealed class Hosts_with_a_wrong_clock
{
    private static readonly string[] Offsets = ["+1h", "-1h"];

    [Fact]
    public async Task Expire_what_is_due_and_nothing_before()
    {
        var count = Load.Scale(500, 10_000);
        await using var pipeline = await RunningPipeline.StartAsync(new() { Apis = 2, Workers = 2, ClockOffsets = Offsets });
        ShouldBeWrong(pipeline.Apis);
        ShouldBeWrong(pipeline.Workers);
        var otps = await pipeline.WithRequestedOtpsAsync(count, ttl: 1800);
        var ids = otps.Select(o => o.OtpId).ToArray();
        await pipeline.UntilSentAsync(ids);
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
        // A clock that mattered would be an hour off.
        await Eventually.Until(() => Expired(pipeline, ids).Count == count, $"{count} EXPIRED events arrive", TimeSpan.FromMinutes(2));
        var lateness = Expired(pipeline, ids).Select(e => e.ArrivedAt - expiry[e.OtpId]).Order().ToList();
        var written = (await pipeline.Database.OtpsAsync(ids)).Select(o => o.FinalAt!.Value - o.ExpiresAt).Order().ToList();
        Expired(pipeline, ids).ShouldAllBe(e => e.OccurredAt >= expiry[e.OtpId]);
        written[0].ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero);
        Figures.Print(
            $"{count} OTPs due in one second, half of the hosts' clocks an hour ahead and half an hour behind",
            $"status written after {written[count / 2].TotalSeconds:0.00} s (median), {written[^1].TotalSeconds:0.00} s (last); EXPIRED events after {lateness[count / 2].TotalSeconds:0.00} s (median), {lateness[^1].TotalSeconds:0.00} s (last)");
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

    /// <summary>That the wrong clocks are really wrong: otherwise the test would prove nothing.</summary>
    private static void ShouldBeWrong(IReadOnlyList<HostProcess> hosts)
    {
        foreach (var (host, offset) in hosts.Zip(Offsets))
        {
            var expected = DateTime.UtcNow.AddHours(offset == "+1h" ? 1 : -1).TimeOfDay;
            var logged = TimeSpan.Parse(File.ReadLines(host.LogFile).Last(l => l.Length > 12 && l[2] == ':' && l[8] == '.')[..12]);
            (logged - expected).TotalMinutes.ShouldBe(0, 5, $"the clock in {host.LogFile}");
        }
    }
}
