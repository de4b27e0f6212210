using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Commands;

public sealed class The_request_limit_of_an_application(GuardedBus bus) : IClassFixture<GuardedBus>
{
    private const int Rounds = 2 * GuardedBus.SlowLimit;

    [Fact]
    public async Task Holds_over_all_keys_and_the_bus_together_and_is_told_alike()
    {
        var pipeline = await bus.GetAsync();
        using var rest = new Client(GuardedBus.KeyOf(bus.Slow), () => [pipeline.Apis[0].Address]);
        using var second = new Client(GuardedBus.SecondKeyOf(bus.Slow), () => [pipeline.Apis[0].Address]);
        await using var amqp = await AmqpClient.ConnectAsync(pipeline);
        List<(HostAnswer Http, AmqpAnswer Bus)> answers;
        long minute = 0;
        do
        {
            // What counts is one minute of the database's clock, of which an earlier pass has used nothing.
            await Eventually.Until(
                async () => await MinuteAsync(pipeline) > minute && (await pipeline.Database.ClockAsync()).Second < 45,
                "another minute is young",
                TimeSpan.FromSeconds(80));
            minute = await MinuteAsync(pipeline);
            answers = [];
            for (var i = 0; i < Rounds; i++)
            {
                answers.Add(
                    (
                        await (i % 2 == 0 ? rest : second).GetAsync(Guid.CreateVersion7()),
                        await SendAsync(amqp, bus.Slow, "request-otp", ("phoneNumber", Recipients.Next()))));
            }
        }
        while (minute != (minute = await MinuteAsync(pipeline)));

        var accepted = answers.Where(a => a.Bus.Type == "OtpAccepted").ToList();
        (answers.Count(a => a.Http.Status == 404) + accepted.Count).ShouldBeInRange(1, GuardedBus.SlowLimit);
        answers.ShouldAllBe(a => a.Http.Status == 404 || a.Http.Code == 2120);
        answers.ShouldAllBe(a => a.Bus.Type == "OtpAccepted" || a.Bus.Code == 2120);
        answers[^1].Http.Code.ShouldBe(2120);
        var refused = answers[^1].Bus.Body;
        (refused.GetProperty("type").GetString(), refused.GetProperty("message").GetString()).ShouldBe(("rate_limit", "Too many requests in this minute"));
        refused.GetProperty("retryAfter").GetInt32().ShouldBeInRange(1, 60);
    }

    [Fact]
    public async Task Counts_verifications_and_cancellations_too_and_changes_nothing_where_it_refuses()
    {
        var pipeline = await bus.GetAsync();
        await using var amqp = await AmqpClient.ConnectAsync(pipeline);
        var accepted = await SendAsync(amqp, bus.Slower, "request-otp", ("phoneNumber", Recipients.Next()));
        accepted.Type.ShouldBe("OtpAccepted", accepted.Text);
        var otp = accepted.OtpId;
        var (guesses, cancellations) = (new List<int>(), new List<int>());
        for (var i = 0; i < Rounds; i++)
        {
            guesses.Add((await SendAsync(amqp, bus.Slower, "verify-otp", ("otpId", otp), ("pin", "WRONG"))).Code);
            cancellations.Add((await SendAsync(amqp, bus.Slower, "cancel-otp", ("otpId", Guid.CreateVersion7()))).Code);
        }

        guesses.ShouldContain(2120);
        cancellations.Distinct().Order().ShouldBe([2021, 2120]);
        (await pipeline.Database.OtpAsync(otp)).Attempts.ShouldBe(guesses.Count(c => c is 2029 or 2027));
    }

    private static async Task<long> MinuteAsync(RunningPipeline pipeline) =>
        (await pipeline.Database.ClockAsync()).Ticks / TimeSpan.TicksPerMinute;

    private static Task<AmqpAnswer> SendAsync(AmqpClient amqp, Guid application, string queue, params (string, object?)[] fields) =>
        amqp.CallAsync(queue, amqp.Command([("applicationId", application), .. fields]), adjust: p => p.UserId = "guest");
}
