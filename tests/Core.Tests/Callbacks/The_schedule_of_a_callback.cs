using OtpPipeline.Core.Callbacks;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Callbacks;

public class The_schedule_of_a_callback
{
    private static readonly CallbackResult ServerError = new(500, null, null);

    [Fact]
    public void Is_the_one_of_Standard_Webhooks_and_ends_in_parking()
    {
        var pauses = new List<TimeSpan>();
        var failures = 0;
        CallbackDecision decision;
        for (
            decision = Decide(ServerError, failures); decision.Status == CallbackStatus.Pending; decision = Decide(ServerError, ++failures))
        {
            pauses.Add(decision.Delay);
        }

        pauses.ShouldBe(
        [
            TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
            TimeSpan.FromHours(10),
            TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
        ]);
        decision.ShouldBe(new(CallbackStatus.Parked, "attempts_exhausted", TimeSpan.Zero));
    }

    [Theory]
    [InlineData(0, 300)]
    [InlineData(0.5, 315)]
    [InlineData(1, 330)]
    public void Has_pauses_that_jitter_makes_longer_by_up_to_a_tenth(double random, double seconds) =>
        Decide(ServerError, 1, random).Delay.TotalSeconds.ShouldBe(seconds, 0.001);

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(204)]
    [InlineData(299)]
    public void Ends_with_any_2xx(int status) => Decide(new(status, null, null), 0).Status.ShouldBe(CallbackStatus.Delivered);

    [Theory]
    [InlineData(301, null)]
    [InlineData(302, null)]
    [InlineData(307, null)]
    [InlineData(400, null)]
    [InlineData(404, null)]
    [InlineData(429, null)]
    [InlineData(500, null)]
    [InlineData(null, "timeout")]
    [InlineData(null, "not_connected")]
    public void Goes_on_after_any_other_answer_and_after_none(int? status, string? error) =>
        Decide(new(status, error, null), 0).ShouldBe(new(CallbackStatus.Pending, null, TimeSpan.FromSeconds(5)));

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Ends_at_410(int failures) =>
        Decide(new(410, null, null), failures).ShouldBe(new(CallbackStatus.Parked, "gone", TimeSpan.Zero));

    [Fact]
    public void Ends_at_a_refused_address() =>
        Decide(new(null, "address_refused", null), 0).ShouldBe(new(CallbackStatus.Parked, "address_refused", TimeSpan.Zero));

    [Theory]
    [InlineData(60, 60)]
    [InlineData(2, 5)]
    [InlineData(-60, 5)]
    [InlineData(86_400, 86_400)]
    [InlineData(1_000_000, 86_400)]
    public void Waits_at_least_as_long_as_the_subscriber_asks_but_a_day_at_most(int asked, int seconds) =>
        Decide(new(503, null, TimeSpan.FromSeconds(asked)), 0).Delay.ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void Is_not_made_longer_by_a_wish_after_the_last_attempt() =>
        Decide(new(503, null, TimeSpan.FromMinutes(1)), 9).Reason.ShouldBe("attempts_exhausted");

    private static CallbackDecision Decide(CallbackResult result, int failures, double random = 0) =>
        CallbackSchedule.Decide(result, failures, new CallbackOptions().Pauses, random);
}
