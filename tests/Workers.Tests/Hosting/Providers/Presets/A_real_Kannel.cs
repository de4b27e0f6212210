using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Receipts;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>Kannel 1.4 with its fake message centre, which reports deliveries.</summary>
public sealed class A_real_Kannel
{
    private const string Path = $"/r/{PresetSample.Token}";

    [Theory]
    [InlineData("Your code is 4711 & {x} €")]
    [InlineData("Ваш код 4711")]
    public async Task Sends_a_message_and_reports_its_delivery_to_the_address_that_we_gave(string text)
    {
        Assert.SkipUnless(KannelGateway.IsInstalled, "needs ./test, which installs kannel and kannel-extras on Debian");
        await using var kannel = await KannelGateway.StartAsync();
        await using var api = await HttpReceiver.StartAsync();
        var keys = new Dictionary<string, string?>
        {
            ["Type"] = "kannel", ["Url"] = kannel.SendSmsUrl, ["Username"] = KannelGateway.Username, ["Password"] = KannelGateway.Password,
            ["From"] = "12345", ["Api:PublicUrl"] = api.Url,
        };
        await using var host = new ProviderHost(keys);
        var message = Messages.To("+33612246400", text: text) with
        {
            ReceiptUrl = api.Url + Path, ReceiptToken = PresetSample.Token, ExpiresAt = DateTime.UtcNow.AddMinutes(5),
        };

        (await host.SendAsync(message)).ShouldBe(new SendOutcome.Accepted(null));

        await Eventually.Until(() => api.All.Count > 0, "Kannel reports the delivery");
        var got = api.All.First();
        got.Path.ShouldBe(Path);
        var reader = new ServiceCollection().AddProviderReceipts(ProviderHost.Configuration(keys)).BuildServiceProvider()
            .GetRequiredService<IReceiptReader>();
        var reading = await reader.ReadAsync(
            new(got.Method, new(api.Url + got.Target), [], got.Content) { Token = new ReceiptToken(Guid.Empty, 1, 1) }, DateTime.UtcNow,
            TestContext.Current.CancellationToken);
        reading.Problem.ShouldBeNull(got.Target);
        reading.Receipts.ShouldHaveSingleItem().Status.ShouldBe(ReceiptStatus.Delivered, got.Target);
        kannel.Centre.ShouldContain(l => l.Contains("33612246400") && l.Contains("12345"));
    }
}
