using System.Collections.Concurrent;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Otps;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Callbacks;

/// <summary>Both workers die by SIGKILL in turn while OTPs come in and end, and a subscriber now and then fails.</summary>
public sealed class Workers_killed_at_random
{
    [Fact]
    public async Task Call_back_every_change_at_least_once_without_a_gap()
    {
        var deaths = Load.Scale(2, 25);
        await using var pipeline = await RunningPipeline.StartAsync(new()
        {
            Workers = 2,
            Settings = new Dictionary<string, string>(
                [.. HostSettings.ShortLease, .. CallbackPipeline.ToThisMachine], StringComparer.Ordinal)
            {
                ["Applications:0:Settings:CallbackEvents"] = "all",
                ["Callbacks:Timeout"] = "00:00:02",
                ["Callbacks:Lease"] = "00:00:08",
                ["Callbacks:RetryAfter:0"] = "00:00:00.5",
                ["Callbacks:RetryAfter:1"] = "00:00:01",
                ["Callbacks:RetryAfter:2"] = "00:00:02",
                ["Callbacks:RetryAfter:3"] = "00:00:05",
                ["Outbox:Lease"] = "00:00:16",
            },
        });
        await using var subscriber = await Subscriber.StartAsync();
        var answers = 0;
        subscriber.Answers["/all"] = async http =>
        {
            await Task.Delay(20);
            http.Response.StatusCode = Interlocked.Increment(ref answers) % 10 == 0 ? 500 : 204;
        };
        var ended = new ConcurrentBag<Guid>();
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(_ => Task.Run(() => RequestAndCancelAsync(pipeline, subscriber, ended, stop.Token)))
            .ToArray();
        for (var i = 0; i < deaths; i++)
        {
            await Task.Delay(Random.Shared.Next(500, 2500));
            var worker = pipeline.Workers[i % 2];
            await worker.KillAsync();
            await worker.StartAsync();
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        var ids = ended.ToArray();
        await Eventually.Until(
            () => GapFreeAsync(pipeline, subscriber, ids), $"every change of {ids.Length} OTPs is called back", TimeSpan.FromMinutes(3));

        var all = subscriber.At("/all");
        all.Select(c => c.WebhookId).Distinct().Count()
            .ShouldBe(all.Select(c => (c.OtpId, c.Sequence)).Distinct().Count(), "a change has one id");
        all.GroupBy(c => c.WebhookId).ShouldAllBe(g => g.Select(c => c.Body).Distinct().Count() == 1, "an id has one body");
        all.ShouldAllBe(c => c.Previous == (c.Sequence == 2 ? 0 : c.Sequence - 1), "each names the one before it");
        all.Where(c => c.Status == "CANCELLED").Select(c => c.OtpId).Distinct().Count().ShouldBe(ids.Length, "every end is told");
        var retries = await pipeline.Database.CountAsync("callback_attempts WHERE http_status = 500");
        var duplicates = all.Count - all.Select(c => c.WebhookId).Distinct().Count() - retries;
        Figures.Print(
            $"Workers killed {deaths} times while calling back",
            $"{ids.Length} OTPs, {all.Count} requests, {retries} of them answered 500, {duplicates} duplicates, no change lost, no gap");
    }

    private static async Task RequestAndCancelAsync(
        RunningPipeline pipeline, Subscriber subscriber, ConcurrentBag<Guid> ended, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var otpId = await pipeline.RequestAsync(new { phoneNumber = Recipients.Next(), otpCallbackUrl = subscriber.Url("/all") });
            await Task.Delay(20, CancellationToken.None);
            (await pipeline.Client.CancelAsync(otpId)).Status.ShouldBe(200);
            ended.Add(otpId);
        }
    }

    /// <summary>From 2, since the creation is no change, to the sequence in the database, which must rest as all callbacks must.</summary>
    private static async Task<bool> GapFreeAsync(RunningPipeline pipeline, Subscriber subscriber, Guid[] ids)
    {
        var told = subscriber.At("/all").Select(c => (c.OtpId, c.Sequence)).ToHashSet();
        var otps = await pipeline.Database.OtpsAsync(ids);
        var underWay = await pipeline.Database.CountAsync("deliveries WHERE status IN ('QUEUED', 'SENDING')");
        var open = await pipeline.Database.CountAsync("callbacks WHERE status = 'PENDING'");
        return underWay == 0 && open == 0 && otps.Count == ids.Length
            && otps.TrueForAll(o => Enumerable.Range(2, (int)o.Sequence - 1).All(s => told.Contains((o.Id, s))));
    }
}
