using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

[Collection(nameof(SharedPipeline))]
public sealed class Taking_OTPs_in(SharedPipeline shared)
{
    private const string Refused = "b3f7c1de-4a55-4c0e-9d27-5f0c8a6e1b42";

    [Fact]
    public async Task No_answer_before_the_OTP_and_its_command_are_committed()
    {
        var pipeline = await shared.GetAsync();
        Task<HostAnswer> request;
        await using (await pipeline.Database.HoldAsync("LOCK TABLE outbox_messages IN EXCLUSIVE MODE"))
        {
            request = pipeline.Client.RequestAsync(new { phoneNumber = Recipients.Next() });
            await Eventually.Until(async () => await pipeline.Database.WaitingAsync() > 0, "the intake waits for the lock");

            await Eventually.Never(
                () => Task.FromResult(request.IsCompleted), "the request was answered before its commit", TimeSpan.FromSeconds(1));
        }

        (await request).Status.ShouldBe(201);
    }

    [Fact]
    public async Task What_was_answered_survives_the_death_of_the_process_that_answered()
    {
        var pipeline = await shared.GetAsync();
        var api = pipeline.Apis[0];
        var answered = 0;

        var answers = await Load.RunAsync(300, 100, async _ =>
        {
            var answer = await Client.TryAsync(() => pipeline.Client.RequestAsync(new { phoneNumber = Recipients.Next() }));
            if (Interlocked.Increment(ref answered) == 120)
            {
                await api.KillAsync();
            }

            return answer;
        });

        var accepted = answers.Where(a => a.Status == 201).Select(a => a.OtpId).ToArray();
        accepted.Length.ShouldBeGreaterThan(100);
        (await pipeline.Database.OtpsAsync(accepted)).Count.ShouldBe(accepted.Length);
        await Eventually.Until(
            async () => (await pipeline.Database.DeliveriesAsync(accepted)).Count(d => d.Status == "SENT") == accepted.Length,
            "all that was accepted is sent, though its Api is dead",
            TimeSpan.FromSeconds(60));
        await api.StartAsync();
    }

    [Fact]
    public async Task Of_a_hundred_gathered_requests_only_those_that_must_be_are_refused()
    {
        var pipeline = await shared.GetAsync();
        await pipeline.Database.ExecuteAsync($"ALTER TABLE otps ADD CONSTRAINT refusing CHECK (track_id IS DISTINCT FROM '{Refused}')");
        var (duplicate, spoilt) = (Recipients.Next(), Recipients.Next());
        var prefix = Guid.NewGuid().ToString("N");

        // 0 and 1: the same command; 2: another one under their key; 3: a field is wrong; 4: passes every check but the database's.
        var answers = await Load.AtOnceAsync(100, i => i switch
        {
            0 or 1 => pipeline.Client.RequestAsync(new { phoneNumber = duplicate }, prefix),
            2 => pipeline.Client.RequestAsync(new { phoneNumber = duplicate, ttl = 77 }, prefix),
            3 => pipeline.Client.RequestAsync(new { phoneNumber = Recipients.Next(), ttl = 59 }, $"{prefix}-{i}"),
            4 => pipeline.Client.RequestAsync(new { phoneNumber = spoilt, trackId = Refused }, $"{prefix}-{i}"),
            _ => pipeline.Client.RequestAsync(new { phoneNumber = Recipients.Next() }, $"{prefix}-{i}"),
        });
        await pipeline.Database.ExecuteAsync("ALTER TABLE otps DROP CONSTRAINT refusing");

        answers.Skip(5).ShouldAllBe(a => a.Status == 201);
        answers.Skip(5).Select(a => a.OtpId).Distinct().Count().ShouldBe(95);
        answers[3].Code.ShouldBe(2008);
        answers[4].Status.ShouldBe(500);
        answers[4].Code.ShouldBe(2150);

        // Whichever of the three came first holds the key.
        var same = new[] { answers[0], answers[1] };
        if (answers[2].Status == 201)
        {
            same.ShouldAllBe(a => a.Status == 422 && a.Code == 2106);
        }
        else
        {
            (answers[2].Status, answers[2].Code).ShouldBe((422, 2106));
            same.ShouldAllBe(a => a.Status == 201);
            same[0].OtpId.ShouldBe(same[1].OtpId);
        }
    }

    [Fact]
    public async Task One_idempotency_key_two_hundred_times_over_two_processes_is_one_OTP_and_one_message()
    {
        var pipeline = await shared.GetAsync();
        var (recipient, key) = (Recipients.Next(), Guid.NewGuid().ToString());

        var answers = await Load.AtOnceAsync(200, _ => pipeline.Client.RequestAsync(new { phoneNumber = recipient }, key));

        answers.ShouldAllBe(a => a.Status == 201);
        answers.Select(a => a.Text).Distinct().Count().ShouldBe(1);
        var otp = answers[0].OtpId;
        await pipeline.UntilDeliveryAsync(otp, "SENT");
        (await pipeline.Database.DeliveriesAsync(otp)).Count.ShouldBe(1);
        (await pipeline.Sandbox.MessagesAsync(recipient)).Length.ShouldBe(1);
        (await pipeline.Client.RequestAsync(new { phoneNumber = recipient, ttl = 100 }, key)).Status.ShouldBe(422);
    }
}
