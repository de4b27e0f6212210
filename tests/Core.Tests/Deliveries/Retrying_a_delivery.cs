using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Deliveries;

public class Retrying_a_delivery
{
    private static readonly DateTime Expiry = Some.Now.AddMinutes(5);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(4, 8)]
    [InlineData(5, 16)]
    [InlineData(6, 30)]
    [InlineData(19, 30)]
    public void Backs_off_twice_as_long_each_time_up_to_half_a_minute(int round, int seconds) =>
        DeliveryRules.NextRound(round, 20, null, Some.Now, Expiry).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData(1, 10, 10)]
    [InlineData(5, 10, 16)]
    [InlineData(6, 299, 299)]
    public void Waits_as_long_as_the_provider_asks_if_that_is_longer(int round, int asked, int seconds) =>
        DeliveryRules.NextRound(round, 20, TimeSpan.FromSeconds(asked), Some.Now, Expiry).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void Ends_with_the_rounds_allowed()
    {
        DeliveryRules.NextRound(4, 5, null, Some.Now, Expiry).ShouldNotBeNull();
        DeliveryRules.NextRound(5, 5, null, Some.Now, Expiry).ShouldBeNull();
        DeliveryRules.NextRound(6, 5, null, Some.Now, Expiry).ShouldBeNull();
    }

    [Fact]
    public void Ends_where_the_next_round_would_not_fall_within_the_life_of_the_OTP()
    {
        DeliveryRules.NextRound(1, 5, null, Expiry.AddSeconds(-1), Expiry).ShouldBeNull();
        DeliveryRules.NextRound(1, 5, null, Expiry.AddSeconds(-1).AddTicks(-1), Expiry).ShouldBe(TimeSpan.FromSeconds(1));
        DeliveryRules.NextRound(1, 5, TimeSpan.FromMinutes(5), Some.Now, Expiry).ShouldBeNull();
        DeliveryRules.NextRound(1, 5, TimeSpan.MaxValue, Some.Now, Expiry).ShouldBeNull();
    }

    [Theory]
    [InlineData(0, 15)]
    [InlineData(1, 30)]
    [InlineData(2, 60)]
    [InlineData(8, 3840)]
    [InlineData(9, 3840)]
    [InlineData(1000, 3840)]
    public void Spaces_the_further_publications_of_a_queued_delivery_out(int republished, int seconds) =>
        DeliveryRules.RepublishAfter(TimeSpan.FromSeconds(15), republished).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData(DeliveryStatus.Queued, false, true, true)]
    [InlineData(DeliveryStatus.Sending, true, true, true)]
    [InlineData(DeliveryStatus.Sent, true, true, true)]
    [InlineData(DeliveryStatus.Delivered, true, true, true)]
    [InlineData(DeliveryStatus.Read, true, true, true)]
    [InlineData(DeliveryStatus.Undelivered, true, true, false)]
    [InlineData(DeliveryStatus.Failed, false, false, false)]
    [InlineData(DeliveryStatus.Unknown, true, true, true)]
    [InlineData(DeliveryStatus.Suppressed, false, false, false)]
    public void Knows_what_may_have_arrived_and_what_still_may(DeliveryStatus status, bool may, bool alive, bool stepOpen) =>
        (status.MayHaveArrived(), status.KeepsAlive(), status.KeepsStepOpen()).ShouldBe((may, alive, stepOpen));

    [Fact]
    public void Costs_the_price_of_the_country_or_of_every_other()
    {
        var options = new ChannelOptions { Prices = { ["fr"] = 0.07m, ["*"] = 0.2m } };

        (options.PriceTo("FR"), options.PriceTo("DE"), options.PriceTo(null), new ChannelOptions().PriceTo("FR")).ShouldBe((0.07m, 0.2m, 0.2m, 0m));
    }
}
