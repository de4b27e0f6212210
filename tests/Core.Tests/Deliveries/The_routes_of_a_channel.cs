using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Deliveries;

public class The_routes_of_a_channel
{
    private static readonly Guid Shop = new("11111111-1111-4111-8111-111111111111");

    [Theory]
    [InlineData("+33612246400", "FR", null, "france")]
    [InlineData("+447911123456", "GB", null, "uk-mobile")]
    [InlineData("+442079460958", "GB", null, "rest")]
    [InlineData("+12025550143", "US", "pt-BR", "portuguese")]
    [InlineData("+12025550143", "US", "pt", "portuguese")]
    [InlineData("+12025550143", "US", "ptx", "rest")]
    [InlineData("+12025550143", "US", null, "rest")]
    public void The_first_that_fits_takes_the_OTP(string number, string country, string? locale, string route) =>
        Choice(
            new() { Name = "france", Countries = { "fr" }, Providers = { "a" } },
            new() { Name = "uk-mobile", Countries = { "GB" }, LineTypes = { "mobile" }, Providers = { "a" } },
            new() { Name = "portuguese", Locales = { "pt" }, Providers = { "b" } },
            new() { Name = "rest", Providers = { "c" } })
            .For(Channel.Sms, Recipient.From(PhoneNumber.FromStored(number, country)), Shop, locale)!.Name.ShouldBe(route);

    [Fact]
    public void A_prefix_and_an_application_are_conditions_too()
    {
        var choice = Choice(
            new DeliveryRouteOptions { Name = "one", Prefixes = { "+336" }, Applications = { Shop.ToString() }, Providers = { "a" } });
        var french = Recipient.From(PhoneNumber.FromStored("+33612246400", "FR"));

        choice.For(Channel.Sms, french, Shop, null)!.Name.ShouldBe("one");
        choice.For(Channel.Sms, french, Guid.CreateVersion7(), null).ShouldBeNull();
        choice.For(Channel.Sms, Recipient.From(PhoneNumber.FromStored("+33712246400", "FR")), Shop, null).ShouldBeNull();
    }

    [Fact]
    public void A_condition_on_numbers_fits_no_other_recipient()
    {
        TelegramChat.TryParse("12345", out var chat).ShouldBeTrue();

        new DeliveryRoute(new() { Name = "one", Countries = { "FR" }, Providers = { "a" } }).Fits(Recipient.From(chat!), Shop, null)
            .ShouldBeFalse();
        new DeliveryRoute(new() { Name = "all", Providers = { "a" } }).Fits(Recipient.From(chat!), Shop, null).ShouldBeTrue();
    }

    [Fact]
    public void A_single_provider_is_the_route_default()
    {
        var route = new ProviderChoice(Options.Create(new DeliveryOptions { Channels = { ["sms"] = new() { Provider = "gateway" } } }), Off)
            .Named(Channel.Sms, "default")!;

        (route.Name, string.Concat(route.Providers)).ShouldBe(("default", "gateway"));
    }

    [Fact]
    public void A_route_that_is_gone_leads_to_the_last_one() =>
        Choice(new() { Name = "a", Countries = { "FR" }, Providers = { "a" } }, new() { Name = "rest", Providers = { "b" } })
            .Named(Channel.Sms, "renamed")!.Name.ShouldBe("rest");

    [Fact]
    public void A_channel_without_routes_and_sandbox_has_none() =>
        new ProviderChoice(Options.Create(new DeliveryOptions()), Off).Named(Channel.Sms, "default").ShouldBeNull();

    private static readonly IOptions<SandboxOptions> Off = Options.Create(new SandboxOptions());

    private static ProviderChoice Choice(params DeliveryRouteOptions[] routes) =>
        new(Options.Create(new DeliveryOptions { Channels = { ["sms"] = new() { Routes = [.. routes] } } }), Off);
}
