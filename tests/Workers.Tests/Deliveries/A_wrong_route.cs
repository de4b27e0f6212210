using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OtpPipeline.Core;
using OtpPipeline.Core.Deliveries;

namespace OtpPipeline.Workers.Tests.Deliveries;

/// <summary>Routes that stop the host with a sentence.</summary>
public sealed class A_wrong_route
{
    [Theory]
    [InlineData("Countries", "UK", "Routes:0:Countries names \"UK\", which is no country (two letters, such as FR).")]
    [InlineData("Prefixes", "0049", "Routes:0:Prefixes has \"0049\": write a plus sign and 1 to 15 digits.")]
    [InlineData("Applications", "shop", "Routes:0:Applications has \"shop\", which is no application's id (UUID).")]
    [InlineData("Locales", "x", "Routes:0:Locales has \"x\": write a language tag such as pt or pt-BR.")]
    [InlineData("Providers", "a", "Routes:0:Providers names \"a\" twice.")]
    public void A_wrong_value_of_a_list_is_named(string key, string value, string problem) =>
        Problems(("Routes:0:Name", "one"), ("Routes:0:Providers:0", "a"), ($"Routes:0:{key}:7", value))
            .ShouldBe([$"Deliveries:Channels:sms:{problem}"]);

    [Fact]
    public void An_unknown_kind_of_line_is_answered_with_the_known_ones() =>
        Problems(("Routes:0:Name", "one"), ("Routes:0:Providers:0", "a"), ("Routes:0:LineTypes:0", "landline")).ShouldHaveSingleItem()
            .ShouldStartWith("Deliveries:Channels:sms:Routes:0:LineTypes has \"landline\": use fixed_line, mobile, ");

    [Theory]
    [InlineData("two words")]
    [InlineData("")]
    public void A_name_has_a_form(string name) =>
        Problems(("Routes:0:Name", name), ("Routes:0:Providers:0", "a"))
            .ShouldBe(["Deliveries:Channels:sms:Routes:0:Name must have 1 to 64 letters, digits, dots, dashes or underscores."]);

    [Fact]
    public void Two_of_one_name_are_refused() =>
        Problems(("Routes:0:Name", "one"), ("Routes:0:Providers:0", "a"), ("Routes:1:Name", "One"), ("Routes:1:Providers:0", "b"))
            .ShouldBe(["Deliveries:Channels:sms:Routes:1:Name is \"One\", as another route of this channel is called."]);

    [Fact]
    public void One_without_a_provider_is_refused() =>
        Problems(("Routes:0:Name", "one")).ShouldBe(["Deliveries:Channels:sms:Routes:0 must name 1 to 10 providers in Providers or in Weights."]);

    [Fact]
    public void Order_and_weights_exclude_each_other() =>
        Problems(("Routes:0:Name", "one"), ("Routes:0:Providers:0", "a"), ("Routes:0:Weights:b", "1")).ShouldBe(
            ["Deliveries:Channels:sms:Routes:0 has Providers and Weights: keep Providers for a fixed order, or Weights for shares."]);

    [Fact]
    public void Weights_have_a_range_and_a_sum()
    {
        Problems(("Routes:0:Name", "one"), ("Routes:0:Weights:a", "-1"), ("Routes:0:Weights:b", "1"))
            .ShouldBe(["Deliveries:Channels:sms:Routes:0:Weights:a is -1: it must be from 0 to 1000."]);
        Problems(("Routes:0:Name", "one"), ("Routes:0:Weights:a", "0"))
            .ShouldBe(["Deliveries:Channels:sms:Routes:0:Weights must give at least one provider a weight above 0."]);
    }

    [Fact]
    public void A_provider_beside_routes_is_refused() =>
        Problems(("Provider", "a"), ("Routes:0:Name", "one"), ("Routes:0:Providers:0", "a"))
            .ShouldBe(["Deliveries:Channels:sms has Provider and Routes: keep Provider for one provider, or Routes."]);

    [Theory]
    [InlineData("Routes:0:Countrys:0", "Routes:0:Countrys is no key here: there are Name, Countries,")]
    [InlineData("Route:0:Name", "Route is no key here: there are Provider, Routes,")]
    public void A_misspelt_key_is_refused(string key, string problem) =>
        Problems(("Routes:0:Name", "one"), ("Routes:0:Providers:0", "a"), (key, "x")).ShouldHaveSingleItem()
            .ShouldStartWith($"Deliveries:Channels:sms:{problem}");

    /// <summary>What a host says instead of starting with these keys of the channel sms.</summary>
    private static IReadOnlyList<string> Problems(params (string Key, string Value)[] keys)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(keys.Select(k => KeyValuePair.Create($"Deliveries:Channels:sms:{k.Key}", (string?)k.Value))).Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddOtpCore().BuildServiceProvider();
        try
        {
            return services.GetRequiredService<IOptions<DeliveryOptions>>().Value.Channels.Count == 1 ? [] : ["no channel"];
        }
        catch (OptionsValidationException wrong)
        {
            // The host shows the sentence alone.
            return [.. wrong.Failures.Select(f => f[(f.IndexOf("Deliveries:", StringComparison.Ordinal))..].TrimEnd('\'', '.') + ".")];
        }
    }
}
