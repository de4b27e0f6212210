using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>A provider that hangs, one that answers 500 and one that works, in this order, under each policy for lost answers.</summary>
public sealed class Providers_that_fail(FailingProviders world) : IClassFixture<FailingProviders>
{
    private const int Count = 60;

    [Fact]
    public async Task Cost_no_OTP_where_an_unknown_one_is_sent_again_and_slow_no_other_channel()
    {
        var requested = await RequestAsync("sms");
        await Eventually.Until(() => Task.FromResult(world.Sms.Hanging.All.Count > 0), "one hangs");
        await Load.RunAsync(20, 10, async _ =>
        {
            var email = Recipients.NextEmail();
            await world.Pipeline.RequestAsync(new { channel = "email", email });
            return await world.Pipeline.Sandbox.PinAsync(email);
        });
        (await SendingAsync("sms")).ShouldBeGreaterThan(0, "the e-mails were sent while the SMS still hung");

        await Eventually.Until(
            () => Task.FromResult(requested.All(r => world.Sms.Arrived.Contains(r.Recipient))), "each OTP is at the provider that works",
            TimeSpan.FromSeconds(60));
        var deliveries = await DeliveriesAsync("sms");
        deliveries.Where(d => d.Status == "UNKNOWN").ShouldAllBe(d => d.Provider == "sms-hanging");
        deliveries.Where(d => d.Status == "FAILED").ShouldAllBe(d => d.Provider == "sms-failing" && d.Reason == "unavailable");
        world.Sms.Failing.All.Count.ShouldBeLessThan(Count, "its breaker is open after five failures in each process");
    }

    [Fact]
    public async Task Cost_only_the_OTPs_that_hung_where_an_unknown_one_is_not_sent_again()
    {
        var requested = await RequestAsync("whatsapp");

        await Eventually.Until(
            async () => (await DeliveriesAsync("whatsapp")).Count(d => d.Status is "SENT" or "UNKNOWN") == Count, "each OTP has its outcome",
            TimeSpan.FromSeconds(60));
        var hung = world.Whatsapp.Hanging.All.Select(Gateways.RecipientOf).ToList();
        var unknown = (await DeliveriesAsync("whatsapp")).Where(d => d.Status == "UNKNOWN").ToList();

        unknown.ShouldAllBe(d => d.Provider == "whatsapp-hanging");
        unknown.Count.ShouldBe(hung.Count, "none is UNKNOWN that was not sent");
        hung.Count.ShouldBeLessThan(Count);
        requested.Select(r => r.Recipient).Except(world.Whatsapp.Arrived).Order().ShouldBe(hung.Order());
    }

    [Fact]
    public async Task Get_at_most_as_many_messages_in_any_second_as_they_allow_over_all_processes()
    {
        const int Allowed = 50;
        await world.Pipeline.Database.ExecuteAsync(
            """
            CREATE TABLE leased (until timestamptz);
            CREATE FUNCTION record_lease() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO leased VALUES (NEW.next_at);
                RETURN NULL;
            END $$;
            CREATE TRIGGER record_lease AFTER INSERT OR UPDATE ON provider_rates FOR EACH ROW EXECUTE FUNCTION record_lease();
            """);
        var requested = await RequestAsync("call", 150);

        await Eventually.Until(
            () => Task.FromResult(requested.All(r => world.Call.Arrived.Contains(r.Recipient))), "each OTP arrived", TimeSpan.FromSeconds(60));
        var arrivals = world.Call.Healthy.All.Select(r => r.ArrivedAt).Order().ToList();
        var moments = (await world.Pipeline.Database.ReadAsync(r => r.GetDateTime(0), "SELECT until FROM leased"))
            .SelectMany(until => Enumerable.Range(1, Allowed / 10).Select(i => until - TimeSpan.FromSeconds(i * 1.05 / Allowed)))
            .Order().ToList();

        // The moments of both processes are exact. A busy machine delays what arrives, so that it is counted in order and not by time.
        MostInASecond(moments).ShouldBeLessThanOrEqualTo(Allowed);
        arrivals.Count.ShouldBe(150, "each once");
        arrivals.Zip(moments).ShouldAllBe(m => m.First >= m.Second, "none is sent without a moment, or before it");
        Figures.Print($"Most messages in any second, {Allowed} allowed", $"{MostInASecond(arrivals)} arrived");
        MostInASecond(arrivals).ShouldBeLessThan(Allowed * 3 / 2, "each process alone would send as many");
    }

    [Fact]
    public async Task With_expired_credentials_cost_no_OTP()
    {
        var (otpId, recipient) = await world.Pipeline.WithRequestedOtpAsync(channel: "ussd");

        await world.Pipeline.UntilDeliveryAsync(otpId, "SENT", attempt: 2);
        world.Ussd.Arrived.ShouldBe([recipient]);
        (await DeliveriesAsync("ussd")).Order().ShouldBe([("ussd-failing", "FAILED", "authentication_failed"), ("ussd-healthy", "SENT", null)]);
    }

    private static int MostInASecond(List<DateTime> times) =>
        times.Select((at, i) => times.Skip(i).TakeWhile(t => t - at < TimeSpan.FromSeconds(1)).Count()).Max();

    private Task<(Guid OtpId, string Recipient)[]> RequestAsync(string channel, int count = Count) =>
        Load.RunAsync(count, 30, _ => world.Pipeline.WithRequestedOtpAsync(channel: channel));

    private async Task<long> SendingAsync(string channel) =>
        await world.Pipeline.Database.CountAsync("deliveries WHERE channel = $1 AND status = 'SENDING'", channel);

    private Task<List<(string? Provider, string Status, string? Reason)>> DeliveriesAsync(string channel) => world.Pipeline.Database.ReadAsync(
        r => (r.IsDBNull(0) ? null : r.GetString(0), r.GetString(1), r.IsDBNull(2) ? null : r.GetString(2)),
        "SELECT provider, status, reason FROM deliveries WHERE channel = $1", channel);
}
