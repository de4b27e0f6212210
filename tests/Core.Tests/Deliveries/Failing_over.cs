using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Deliveries;

public class Failing_over
{
    private static readonly string[] Three = ["a", "b", "c"];
    private static readonly DateTime Expiry = Some.Now.AddMinutes(5);

    [Theory]
    [InlineData("a", "", "a")]
    [InlineData("b", "a", "a,b")]
    [InlineData("c", "", "c")]
    public void Asks_the_next_provider_without_delay_in_the_same_round(string provider, string tried, string afterwards) =>
        Following(Last(provider, tried)).ShouldBe(new NextAttempt(1, afterwards, TimeSpan.Zero));

    [Fact]
    public void Begins_a_round_after_a_delay_when_each_provider_was_tried()
    {
        Following(Last("c", "a,b")).ShouldBe(new NextAttempt(2, "", TimeSpan.FromSeconds(1)));
        Following(Last("c", "a,b", round: 4)).ShouldBe(new NextAttempt(5, "", TimeSpan.FromSeconds(8)));
    }

    [Fact]
    public void Ends_with_the_rounds() => Following(Last("c", "a,b", round: 5)).ShouldBeNull();

    [Fact]
    public void Leaves_out_providers_that_do_not_work()
    {
        Following(Last("a"), unusable: ["b"]).ShouldBe(new NextAttempt(1, "a", TimeSpan.Zero));
        Following(Last("a"), unusable: ["b", "c"]).ShouldBe(new NextAttempt(2, "", TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Counts_a_second_try_in_a_round_as_its_end() =>
        Following(Last("a", "a"))
            .ShouldBe(new NextAttempt(2, "", TimeSpan.FromSeconds(1)), "or two failing providers would be asked for ever");

    [Fact]
    public void Waits_as_a_provider_asks_only_where_there_is_no_other()
    {
        var minute = TimeSpan.FromMinutes(1);

        Following(Last("c", "a,b"), retryAfter: minute)!.Delay.ShouldBe(TimeSpan.FromSeconds(1));
        Following(Last("a"), providers: ["a"], retryAfter: minute).ShouldBe(new NextAttempt(2, "", minute));
    }

    [Fact]
    public void Asks_nobody_else_where_the_fault_is_not_the_providers() =>
        Following(Last("a"), another: false).ShouldBe(new NextAttempt(2, "", TimeSpan.FromSeconds(1)));

    [Fact]
    public void Ends_with_the_life_of_the_OTP() =>
        DeliveryRules.Following(Last("a"), Three, true, new HashSet<string>(), null, 5, Expiry, Expiry).ShouldBeNull();

    private static NextAttempt? Following(
        Delivery last, string[]? providers = null, bool another = true, string[]? unusable = null, TimeSpan? retryAfter = null) =>
        DeliveryRules.Following(
            last, providers ?? Three, another, new HashSet<string>(unusable ?? [], StringComparer.Ordinal), retryAfter, 5, Some.Now,
            Expiry);

    private static Delivery Last(string provider, string tried = "", int round = 1) => new()
    {
        Id = Guid.CreateVersion7(),
        OtpId = Guid.CreateVersion7(),
        Channel = Channel.Sms,
        Route = "default",
        Provider = provider,
        Step = 1,
        Attempt = 1,
        Round = round,
        Tried = tried,
    };
}
