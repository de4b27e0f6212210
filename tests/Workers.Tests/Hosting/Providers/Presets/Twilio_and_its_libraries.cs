using System.Text;
using System.Xml.Linq;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;
using OtpPipeline.Hosting.Providers.Signatures;
using OtpPipeline.Workers.Feedback;
using OtpPipeline.Workers.Tests.Providers.Support;
using Twilio.Clients;
using Twilio.Http;
using Twilio.Rest.Api.V2010.Account;
using Twilio.Rest.Api.V2010.Account.Message;
using Twilio.Security;
using Twilio.Types;
using Channel = OtpPipeline.Core.Recipients.Channel;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>Twilio's own libraries, for .NET and for Node, beside the presets.</summary>
public sealed class Twilio_and_its_libraries
{
    private const string Sid = "AC0123456789abcdef0123456789abcdef";
    private const string Token = "twilio-auth-token-of-a-sample";
    private const string Text = "Your code is 4711 & <b> \"ü\" + 😀";
    private static readonly string Callback = $"{PresetSample.PublicUrl}/r/{PresetSample.Token}";

    private static readonly Dictionary<string, string?> Keys = new()
    {
        ["AccountSid"] = Sid, ["AuthToken"] = Token, ["From"] = "+12025550123", ["Api:PublicUrl"] = PresetSample.PublicUrl,
    };

    [Fact]
    public async Task Send_the_same_message_as_the_preset()
    {
        var ours = await OursAsync("twilio-sms", ("ProvideFeedback", "true"));
        await using var server = await AnsweringAsync("SM");

        await MessageResource.CreateAsync(
            new CreateMessageOptions(new PhoneNumber("+33612246400"))
            {
                From = new PhoneNumber("+12025550123"), Body = Text, StatusCallback = new(Callback), ValidityPeriod = 300, Attempt = 1,
                ProvideFeedback = true,
            },
            Client(server));

        ShouldBeTheSame(ours, server.Single);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_the_same_feedback_as_the_preset(bool verified)
    {
        const string MessageId = "SM0123456789abcdef0123456789abcdef";
        await using var server = await AnsweringAsync("SM");
        await using var host = new ProviderHost(
            Keys.With(("Type", "twilio-sms"), ("BaseUrl", server.Url), ("ProvideFeedback", "true")));
        var sender = new FeedbackSender(
            host.Providers, Options.Create(new DeliveryOptions()), TimeProvider.System, NullLogger<FeedbackSender>.Instance);
        var feedback = new MessageFeedback(
            PresetSample.DeliveryId, Channel.Sms, ProviderHost.Name, MessageId, verified, PresetSample.Now.UtcDateTime);

        (await sender.SendAsync(feedback)).ShouldBeOfType<SendOutcome.Accepted>();
        await FeedbackResource.CreateAsync(
            new CreateFeedbackOptions(MessageId)
            {
                Outcome = verified ? FeedbackResource.OutcomeEnum.Confirmed : FeedbackResource.OutcomeEnum.Unconfirmed,
            },
            Client(server));

        ShouldBeTheSame(server.All.First(), server.All.Last());
        server.All.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Make_the_same_call_as_the_preset()
    {
        var ours = await OursAsync("twilio-voice");
        await using var server = await AnsweringAsync("CA");
        var say = new Twilio.TwiML.VoiceResponse().Say("Your code is 4, 7, 1, 1 & <b> \"ü\" + 😀", language: "en-US", loop: 3);

        await CallResource.CreateAsync(
            new CreateCallOptions(new PhoneNumber("+33612246400"), new PhoneNumber("+12025550123"))
            {
                Twiml = new(say.ToString(SaveOptions.DisableFormatting)), Timeout = 30, StatusCallback = new(Callback),
                StatusCallbackEvent = ["answered", "completed"],
            },
            Client(server));

        // The same XML may be written in several ways: it is compared as XML.
        var (mine, theirs) = (Fields(ours), Fields(server.Single));
        mine.Where(f => f.Key is not "Twiml").ShouldBe(theirs.Where(f => f.Key is not "Twiml"));
        XNode.DeepEquals(Twiml(mine), Twiml(theirs)).ShouldBeTrue($"{Twiml(mine)} {Twiml(theirs)}");
        (ours.Method, ours.Target, ours.Headers["Authorization"])
            .ShouldBe((server.Single.Method, server.Single.Target, server.Single.Headers["Authorization"]));
    }

    [Fact]
    public async Task For_Node_send_the_same_message_as_the_preset()
    {
        ProviderLibraries.Require();
        var ours = await OursAsync("twilio-sms");
        await using var server = await AnsweringAsync("SM");

        await ProviderLibraries.RunAsync("twilio-send", new
        {
            url = server.Url, sid = Sid, token = Token, resource = "messages",
            fields = new
            {
                to = "+33612246400", from = "+12025550123", body = Text, statusCallback = Callback, validityPeriod = 300, attempt = 1,
            },
        });

        ShouldBeTheSame(ours, server.Single);
    }

    /// <summary>Addresses and fields; each is signed by Twilio's library for Node.</summary>
    [Fact]
    public async Task Sign_what_we_believe_and_believe_what_we_do()
    {
        ProviderLibraries.Require();
        string[] urls =
        [
            Callback, "https://otp.example:443/r/x", "https://otp.example:8443/r/x", "http://otp.example/r/x",
            "http://otp.example:80/r/x?a=b&c=%20d",
            "https://[2001:db8::1]/r/x", "https://[2001:db8::1]:8443/r/x",
        ];
        Dictionary<string, string>[] forms =
        [
            new() { ["MessageSid"] = "SM1", ["MessageStatus"] = "delivered", ["To"] = "+33612246400" },
            new() { ["b"] = "2", ["B"] = "1", ["a"] = "ü & = + 😀", ["ErrorCode"] = "" },
            [],
        ];
        var cases = (from url in urls from form in forms select (Url: url, Form: form)).ToList();
        var signed = await ProviderLibraries.RunAsync(
            "twilio-sign", cases.Select(c => new { token = Token, url = c.Url, form = c.Form }));
        var signatures = signed.AsArray().Select(s => s!.GetValue<string>()).ToList();
        var scheme = new TwilioSignature(Token);
        var validator = new RequestValidator(Token);

        for (var i = 0; i < cases.Count; i++)
        {
            var (url, form) = cases[i];
            foreach (var signature in new[] { signatures[i], signatures[(i + 1) % cases.Count], "", signatures[i].ToUpperInvariant() })
            {
                var ours = Believed(scheme, url, form, signature);

                ours.ShouldBe(string.Equals(signature, signatures[i], StringComparison.Ordinal), $"{url} {signature}");
                ours.ShouldBe(signature.Length > 0 && validator.Validate(url, form, signature), $"Twilio's own validator: {url}");
            }
        }
    }

    [Fact]
    public async Task Sign_a_JSON_body_by_its_hash_in_the_address()
    {
        ProviderLibraries.Require();
        const string Body = """{"MessageStatus":"delivered","n":"ü"}""";
        var hash = (await ProviderLibraries.RunAsync("twilio-body-hash", new { body = Body })).GetValue<string>();
        var url = $"https://otp.example/r/x?bodySHA256={hash}";
        const string WithoutHash = "https://otp.example/r/x";
        var signatures = await ProviderLibraries.RunAsync(
            "twilio-sign", new[] { url, WithoutHash }.Select(u => new { token = Token, url = u, form = new Dictionary<string, string>() }));
        var signature = signatures[0]!.GetValue<string>();
        var scheme = new TwilioSignature(Token);

        Believed(Body, signature).ShouldBe(new RequestValidator(Token).Validate(url, Body, signature));
        Believed(Body, signature).ShouldBeTrue();
        Believed(Body + " ", signature).ShouldBeFalse("the body was changed");
        Believed(Body, signatures[1]!.GetValue<string>(), WithoutHash).ShouldBeFalse("nothing covers the body");

        bool Believed(string body, string given, string? at = null)
        {
            var request = new ReceiptRequest(
                "POST", new(at ?? url), [new("Content-Type", "application/json"), new("X-Twilio-Signature", given)],
                Encoding.UTF8.GetBytes(body));
            return scheme.IsAuthentic(request, ReceiptFields.Read(request), PresetSample.Now.UtcDateTime);
        }
    }

    private static bool Believed(TwilioSignature scheme, string url, Dictionary<string, string> form, string signature)
    {
        var body = string.Join('&', form.Select(f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value)}"));
        var request = new ReceiptRequest(
            "POST", new(url), [new("Content-Type", "application/x-www-form-urlencoded"), new("X-Twilio-Signature", signature)],
            Encoding.UTF8.GetBytes(body));
        return scheme.IsAuthentic(request, ReceiptFields.Read(request), PresetSample.Now.UtcDateTime);
    }

    private static async Task<ReceivedRequest> OursAsync(string preset, params (string Key, string? Value)[] more)
    {
        await using var server = await AnsweringAsync("SM");
        await using var host = new ProviderHost(
            Keys.With([("Type", preset), ("BaseUrl", server.Url), .. more]), time: new FakeTimeProvider(PresetSample.Now));
        var message = PresetSample.Message(null);
        await host.SendAsync(message with { Text = Text });
        return server.Single;
    }

    private static async Task<HttpReceiver> AnsweringAsync(string kind)
    {
        var server = await HttpReceiver.StartAsync();
        server.Says(
            201, $$"""{"sid":"{{kind}}0123456789abcdef0123456789abcdef","status":"queued"}""", ("Content-Type", "application/json"));
        return server;
    }

    private static TwilioRestClient Client(HttpReceiver server) =>
        new(Sid, Token, httpClient: new SystemNetHttpClient(new(new TwilioToServer(server.Url))));

    private static void ShouldBeTheSame(ReceivedRequest ours, ReceivedRequest theirs)
    {
        (ours.Method, ours.Target, ours.Headers["Authorization"]).ShouldBe((theirs.Method, theirs.Target, theirs.Headers["Authorization"]));
        PresetSample.Pairs(ours.Body).ShouldBe(PresetSample.Pairs(theirs.Body));
    }

    private static XElement Twiml(List<KeyValuePair<string, string>> fields) => XElement.Parse(fields.Single(f => f.Key is "Twiml").Value);

    private static List<KeyValuePair<string, string>> Fields(ReceivedRequest request) =>
    [
        .. PresetSample.Pairs(request.Body).Select(p => p.Split('=', 2)).Select(p => KeyValuePair.Create(p[0], p[1])),
    ];
}
