using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Workers.Providers.Registration;

namespace OtpPipeline.Workers.Tests.Providers.Registration;

public sealed class A_provider_that_does_not_exist
{
    [Fact]
    public void Stops_the_host_with_a_sentence_that_names_the_key() =>
        Failures("gateway").ShouldHaveSingleItem()
            .ShouldStartWith("Deliveries:Channels:sms:Provider names \"gateway\", which is no provider");

    [Fact]
    public void The_sandbox_does_not_exist_while_it_is_off() =>
        Failures("sandbox").ShouldHaveSingleItem().ShouldStartWith("Deliveries:Channels:sms:Provider is the sandbox, which is off");

    [Fact]
    public void The_sandbox_exists_while_it_is_on() => Failures("sandbox", sandbox: true).ShouldBeEmpty();

    [Fact]
    public void A_mail_server_is_none_for_SMS() =>
        Failures(
            "relay",
            keys: new() { ["Providers:relay:Type"] = "smtp", ["Providers:relay:Host"] = "mail.example", ["Providers:relay:From"] = "codes@otp.example" })
            .ShouldHaveSingleItem().ShouldBe(
                "Deliveries:Channels:sms:Provider names \"relay\", a mail server, which serves the channel email only.");

    private static IEnumerable<string> Failures(string provider, bool sandbox = false, Dictionary<string, string?>? keys = null)
    {
        var services = new ServiceCollection().AddLogging()
            .AddOtpProviders(new ConfigurationBuilder().AddInMemoryCollection(keys ?? []).Build());
        services.Configure<SandboxOptions>(o => o.Enabled = sandbox);
        services.Configure<DeliveryOptions>(o => o.Channels["sms"] = new() { Provider = provider });
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        using var host = services.BuildServiceProvider();
        try
        {
            return host.GetRequiredService<IOptions<DeliveryOptions>>().Value.Channels.Count == 1 ? [] : ["no channel"];
        }
        catch (OptionsValidationException wrong)
        {
            return wrong.Failures;
        }
    }
}
