using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Workers.Tests.Providers.Support;
using Twilio.Clients;
using Twilio.Http;
using Twilio.Rest.Api.V2010.Account;
using Twilio.Types;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>Twilio's own library for .NET beside the preset for WhatsApp.</summary>
public sealed class Twilio_WhatsApp_and_its_library
{
    private const string Sid = "AC0123456789abcdef0123456789abcdef";
    private const string Token = "twilio-auth-token-of-a-sample";
    private const string English = "HX0123456789abcdef0123456789abcdef";
    private const string German = "HXfedcba9876543210fedcba9876543210";

    [Theory]
    [InlineData("de-CH", German)]
    [InlineData("it", English)]
    public async Task Sends_the_same_template_as_the_preset(string locale, string content)
    {
        await using var server = await HttpReceiver.StartAsync();
        server.Says(
            201, """{"sid":"SM0123456789abcdef0123456789abcdef","status":"queued"}""", ("Content-Type", "application/json"));
        var keys = new Dictionary<string, string?>
        {
            ["Type"] = "twilio-whatsapp", ["AccountSid"] = Sid, ["AuthToken"] = Token, ["From"] = "whatsapp:+12025550123",
            ["ContentSid"] = $"en={English},de={German}", ["BaseUrl"] = server.Url, ["Api:PublicUrl"] = PresetSample.PublicUrl,
        };
        await using var host = new ProviderHost(keys, time: new FakeTimeProvider(PresetSample.Now));
        var message = PresetSample.Message(null);

        await host.SendAsync(message with { Details = message.Details with { Locale = locale } });
        await MessageResource.CreateAsync(
            new CreateMessageOptions(new PhoneNumber("whatsapp:+33612246400"))
            {
                From = new PhoneNumber("whatsapp:+12025550123"), ContentSid = content, ContentVariables = """{"1":"4711"}""",
                StatusCallback = new($"{PresetSample.PublicUrl}/r/{PresetSample.Token}"), ValidityPeriod = 300,
            },
            new TwilioRestClient(Sid, Token, httpClient: new SystemNetHttpClient(new(new TwilioToServer(server.Url)))));

        var (ours, theirs) = (server.All.First(), server.All.Last());
        server.All.Count.ShouldBe(2);
        (ours.Method, ours.Target, ours.Headers["Authorization"]).ShouldBe((theirs.Method, theirs.Target, theirs.Headers["Authorization"]));
        PresetSample.Pairs(ours.Body).ShouldBe(PresetSample.Pairs(theirs.Body));
    }
}
