using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Feedback;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>What the libraries for sms and calls send, all of them from one process, and what our presets send.</summary>
public sealed class SmsLibraries : IAsyncLifetime
{
    public const string Text = "Your code is 4711 & <b> \"ü\" + 😀";
    public const string MessageId = "01FC66621XXXXX119Z8PMV1QPQ";
    public static readonly string Callback = $"{PresetSample.PublicUrl}/r/{PresetSample.Token}";

    /// <summary>Fits what each library and each preset reads of an answer.</summary>
    private const string Answer =
        """
        {"id":"1","uuid":"1","message_uuid":["1"],"request_uuid":"1","api_id":"1","MessageId":"1","data":{"id":"1"},"status":"started",
         "recipients":{"items":[]}}
        """;

    private HttpReceiver? _server;
    private List<ReceivedRequest> _theirs = [];

    public static object Credentials => new { accessKeyId = "AKIAIOSFODNN7EXAMPLE", secretAccessKey = "secret-of-a-sample" };

    public async ValueTask InitializeAsync()
    {
        if (!ProviderLibraries.AreThere)
        {
            return;
        }

        _server = await HttpReceiver.StartAsync();
        _server.Says(200, Answer, ("Content-Type", "application/json"));
        await ProviderLibraries.RunAsync("sms-send", new { url = _server.Url, requests = Requests(_server.Url) });
        _theirs = [.. _server.All];
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    /// <summary>The request that a library sent to this path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="operation">Where one path serves many: the header with the operation.</param>
    internal ReceivedRequest Theirs(string path, string? operation = null)
    {
        ProviderLibraries.Require();
        return _theirs.Single(r => r.Target == path && r.Headers.GetValueOrDefault("X-Amz-Target") == operation);
    }

    /// <summary>What a preset sends for the message that the libraries sent.</summary>
    internal static async Task<ReceivedRequest> OursAsync(string preset, params (string Key, string? Value)[] keys)
    {
        await using var server = await HttpReceiver.StartAsync();
        server.Says(200, Answer, ("Content-Type", "application/json"));
        await using var host = Host(preset, server.Url, keys);

        (await host.SendAsync(PresetSample.Message(null) with { Text = Text })).ShouldBeOfType<SendOutcome.Accepted>();
        return server.Single;
    }

    /// <summary>What a preset reports of a message that led to a verification.</summary>
    internal static async Task<ReceivedRequest> FeedbackAsync(string preset, params (string Key, string? Value)[] keys)
    {
        await using var server = await HttpReceiver.StartAsync();
        await using var host = Host(preset, server.Url, keys);
        var sender = new FeedbackSender(
            host.Providers, Options.Create(new DeliveryOptions()), TimeProvider.System, NullLogger<FeedbackSender>.Instance);

        await sender.SendAsync(new(
            PresetSample.DeliveryId, Channel.Sms, ProviderHost.Name, MessageId, Verified: true, PresetSample.Now.UtcDateTime));
        return server.Single;
    }

    /// <summary>Same method, path, credentials and JSON.</summary>
    /// <param name="ours">From a preset.</param>
    /// <param name="theirs">From a library.</param>
    /// <param name="body">Our JSON, where a part of it is compared elsewhere.</param>
    /// <param name="signed">The credentials are a signature, which is compared elsewhere.</param>
    internal static void ShouldBeTheSame(ReceivedRequest ours, ReceivedRequest theirs, JsonNode? body = null, bool signed = false)
    {
        (ours.Method, ours.Target).ShouldBe((theirs.Method, theirs.Target));
        JsonNode.DeepEquals(body ?? JsonNode.Parse(ours.Body), JsonNode.Parse(theirs.Body)).ShouldBeTrue($"{ours.Body}\n{theirs.Body}");
        if (!signed)
        {
            ours.Headers["Authorization"].ShouldBe(theirs.Headers["Authorization"]);
        }
    }

    private static ProviderHost Host(string preset, string url, (string Key, string? Value)[] keys) => new(
        PresetSample.Of(preset).Keys(server: url).With([("Api:PublicUrl", PresetSample.PublicUrl), .. keys]),
        time: new FakeTimeProvider(PresetSample.Now));

    private static object[] Requests(string url) =>
    [
        new
        {
            library = "plivoSms", account = "MAXXXXXXXXXXXXXXXXXX", token = "plivo-auth-token-of-a-sample", src = "+12025550123",
            dst = "33612246400", text = Text,
            more = new { type = "sms", url = Callback, method = "POST", log = false, message_expiry = 300 },
        },
        new
        {
            library = "plivoCall", account = "MAXXXXXXXXXXXXXXXXXX", token = "plivo-auth-token-of-a-sample", from = "12025550123",
            to = "33612246400", answer = Callback,
            more = new { answerMethod = "POST", hangupUrl = Callback, hangupMethod = "POST", hangupOnRing = 30 },
        },
        new
        {
            library = "messageBird", key = "key-of-a-sample",
            fields = new
            {
                originator = "Shop", recipients = new[] { "33612246400" }, body = Text, datacoding = "unicode", validity = 300,
                reference = PresetSample.DeliveryId, reportUrl = Callback,
            },
        },
        new
        {
            library = "telnyx", url, key = "key-of-a-sample",
            fields = new { from = "+13125550123", to = "+33612246400", text = Text, type = "SMS", webhook_url = Callback },
        },
        new
        {
            library = "vonageCall", url, application = "aaaaaaaa-bbbb-cccc-dddd-0123456789ab", privateKey = PresetSample.PrivateKey,
            call = new
            {
                to = new[] { new { type = "phone", number = "33612246400" } }, from = new { type = "phone", number = "12025550123" },
                ncco = new[] { new { action = "talk", text = Text.Replace("4711", "4, 7, 1, 1"), language = "en-US", loop = 3 } },
                eventUrl = new[] { Callback }, eventMethod = "POST", ringingTimer = 30,
            },
        },
        new
        {
            library = "sinch", url, plan = "plan-1", token = "token-of-a-sample",
            fields = new
            {
                from = "Shop", to = new[] { "33612246400" }, body = Text, delivery_report = "per_recipient", callback_url = Callback,
                client_reference = PresetSample.DeliveryId, expire_at = "2026-11-27T12:05:00.000Z", feedback_enabled = true,
            },
        },
        new { library = "sinchFeedback", url, plan = "plan-1", token = "token-of-a-sample", id = MessageId },
        new
        {
            library = "aws", url, region = "eu-west-1", credentials = Credentials, command = "SendTextMessageCommand",
            fields = new
            {
                DestinationPhoneNumber = "+33612246400", OriginationIdentity = "Shop", MessageBody = Text,
                MessageType = "TRANSACTIONAL",
                ConfigurationSetName = "otp", MaxPrice = "0.50", TimeToLive = 300,
                DestinationCountryParameters = new { IN_ENTITY_ID = "11", IN_TEMPLATE_ID = "22" }, MessageFeedbackEnabled = true,
            },
        },
        new
        {
            library = "aws", url, region = "eu-west-1", credentials = Credentials, command = "PutMessageFeedbackCommand",
            fields = new { MessageId, MessageFeedbackStatus = "RECEIVED" },
        },
    ];
}
