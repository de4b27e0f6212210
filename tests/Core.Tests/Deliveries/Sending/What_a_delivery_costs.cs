using Microsoft.Extensions.Options;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Deliveries.Sending;

public class What_a_delivery_costs
{
    private const decimal Highest = 0.3m;
    private readonly StoreInMemory _store = new();
    private readonly DeliveryOptions _options = new()
    {
        Channels = { ["sms"] = new() { Routes = { new() { Name = "default", Providers = { "cheap", "dear" } } }, Prices = { ["*"] = 0.2m } } },
        Prices = { ["cheap"] = new Dictionary<string, decimal> { ["fr"] = 0.1m, ["*"] = 0.15m }, ["dear"] = new Dictionary<string, decimal> { ["FR"] = Highest } },
    };

    [Fact]
    public void Is_at_first_the_highest_price_of_the_route()
    {
        var routes = Some.Routes(_options);
        var route = routes.Named(Core.Recipients.Channel.Sms, "default")!;

        (routes.HighestPrice(Core.Recipients.Channel.Sms, route, "FR"), routes.HighestPrice(Core.Recipients.Channel.Sms, route, "DE"))
            .ShouldBe((Highest, 0.2m), "one without a price for a country has that of the channel");
        routes.PriceOf(Core.Recipients.Channel.Sms, "cheap", null).ShouldBe(0.15m);
    }

    [Fact]
    public async Task Is_the_price_of_the_provider_that_took_it()
    {
        var otp = Sending("cheap");
        _store.Spending.Spent = 1;

        await RecordAsync(otp, new SendOutcome.Accepted(null));

        (otp.Deliveries[0].Cost, _store.Spending.Spent).ShouldBe((0.1m, 0.8m));
    }

    [Fact]
    public async Task Is_nothing_where_it_was_refused()
    {
        var otp = Sending("cheap");
        _store.Spending.Spent = 1;

        await RecordAsync(otp, new SendOutcome.Refused("refused"));

        (otp.Deliveries[0].Cost, _store.Spending.Spent).ShouldBe((0, 0.7m));
    }

    [Fact]
    public async Task Goes_with_the_OTP_to_the_next_provider()
    {
        var otp = Sending("cheap");
        _store.Spending.Spent = 1;

        await RecordAsync(otp, new SendOutcome.ProviderFailed("unavailable"), limit: 1);

        (otp.Deliveries[0].Cost, otp.Deliveries[1].Cost, otp.Deliveries[1].Tried, _store.Spending.Spent).ShouldBe((0, Highest, "cheap", 1));
    }

    [Fact]
    public async Task Comes_once_more_with_each_further_send()
    {
        var otp = Sending("cheap");
        _store.Spending.Spent = 1;

        await RecordAsync(otp, new SendOutcome.Unknown("timeout"));

        (otp.Deliveries[0].Cost, otp.Deliveries[1].Cost, _store.Spending.Spent).ShouldBe((Highest, Highest, 1.3m));
    }

    [Fact]
    public async Task Ends_the_further_sends_at_the_limit_of_the_application()
    {
        var otp = Sending("cheap");
        _store.Spending.Spent = 1;

        await RecordAsync(otp, new SendOutcome.Unknown("timeout"), limit: 1.2m);

        (otp.Deliveries[1].Status, otp.Deliveries[1].Reason, otp.Deliveries.Count, _store.Spending.Spent)
            .ShouldBe((DeliveryStatus.Failed, "spending_limit", 2, 1));
        _store.Messages.Select(m => Some.Json(m).GetProperty("status").GetString()).ShouldBe(["UNKNOWN", "FAILED"]);
    }

    [Fact]
    public async Task Locks_no_spending_of_an_application_without_a_limit()
    {
        var otp = Sending("cheap");

        await RecordAsync(otp, new SendOutcome.Accepted(null), limit: null);

        _store.Saved.ShouldHaveSingleItem().Spendings.ShouldBeEmpty();
        otp.Deliveries[0].Cost.ShouldBe(0.1m);
    }

    [Fact]
    public async Task Of_a_later_step_is_the_price_for_the_country_of_its_own_number()
    {
        var otp = SendingStep2("cheap", Some.Secrets);

        await RecordAsync(otp, new SendOutcome.Accepted(null));

        otp.Deliveries[0].Cost.ShouldBe(0.1m);
    }

    [Fact]
    public async Task Of_a_further_send_of_a_later_step_is_reserved_for_the_country_of_its_own_number()
    {
        var otp = SendingStep2("cheap", Some.Secrets);

        await RecordAsync(otp, new SendOutcome.Unknown("timeout"));

        (otp.Deliveries[0].Cost, otp.Deliveries[1].Cost).ShouldBe((Highest, Highest));
    }

    [Fact]
    public async Task Of_a_later_step_stays_as_reserved_without_the_key_of_its_number()
    {
        var otp = SendingStep2("cheap", new OtpSecrets(new KeyRing(Options.Create(Some.OtpOptions("k2")))));

        await RecordAsync(otp, new SendOutcome.Accepted(null));

        (otp.Deliveries[0].Status, otp.Deliveries[0].Cost).ShouldBe((DeliveryStatus.Sent, Highest));
    }

    private LockedOtp Sending(string provider)
    {
        var otp = _store.Add(Some.Locked());
        otp.Deliveries.Add(Some.Delivery(otp.Otp.Id, DeliveryStatus.Sending, provider: provider, cost: Highest));
        return otp;
    }

    /// <summary>The first step goes to an e-mail address, which has no country; the second one to a French number.</summary>
    private LockedOtp SendingStep2(string provider, OtpSecrets secrets)
    {
        var id = Guid.CreateVersion7();
        var details = new OtpDetails("someone@mail.example", "Shop", "{{pin}}", null, null, null) { Steps = [new(2, Some.Phone, "FR")] };
        var otp = _store.Add(
            Some.Locked(id: id, details: secrets.EncryptDetails(id, details), plan: "email sms:60", countryIso: null));
        otp.Deliveries.Add(Some.Delivery(id, DeliveryStatus.Sending, provider: provider, cost: Highest, step: 2));
        return otp;
    }

    private async Task RecordAsync(LockedOtp otp, SendOutcome outcome, decimal? limit = 100)
    {
        var options = Options.Create(_options);
        await using var outcomes = new DeliveryOutcomes(
            _store, _store, Some.Secrets, FeedbackProviders.None, Some.Consequences(_options), Some.Budgets(_options, limit),
            new(options), Options.Create(new BatchingOptions()));
        var row = otp.Deliveries[0];
        await outcomes.RecordAsync(new(otp.Otp.Id, otp.Otp.ApplicationId, row.Id, row.LeaseId!.Value, outcome), CancellationToken.None);
    }
}
