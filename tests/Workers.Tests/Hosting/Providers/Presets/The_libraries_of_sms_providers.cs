using System.Text.Json.Nodes;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>The libraries of AWS, MessageBird, Plivo, Sinch, Telnyx and Vonage beside the presets.</summary>
public sealed class The_libraries_of_sms_providers(SmsLibraries libraries) : IClassFixture<SmsLibraries>
{
    private const string Plivo = "/v1/Account/MAXXXXXXXXXXXXXXXXXX";
    private const string Aws = "PinpointSMSVoiceV2.";

    [Theory]
    [InlineData("plivo-sms", $"{Plivo}/Message/")]
    [InlineData("messagebird-sms", "/messages", "From=Shop")]
    [InlineData("sinch-sms", "/xms/v1/plan-1/batches", "From=Shop", "ReportFeedback=true")]
    [InlineData("telnyx-sms", "/v2/messages")]
    public async Task Send_the_same_message_as_the_preset(string preset, string path, params string[] keys) =>
        SmsLibraries.ShouldBeTheSame(await SmsLibraries.OursAsync(preset, Pairs(keys)), libraries.Theirs(path));

    [Fact]
    public async Task Send_the_same_feedback_as_the_preset_of_Sinch() => SmsLibraries.ShouldBeTheSame(
        await SmsLibraries.FeedbackAsync("sinch-sms", ("ReportFeedback", "true")),
        libraries.Theirs($"/xms/v1/plan-1/batches/{SmsLibraries.MessageId}/delivery_feedback"));

    [Fact]
    public async Task Make_the_same_call_as_the_preset_of_Plivo()
    {
        var ours = await SmsLibraries.OursAsync("plivo-voice");
        var body = JsonNode.Parse(ours.Body)!;

        // What the address of the script says is compared by the samples.
        body["answer_url"]!.GetValue<string>().ShouldStartWith($"{SmsLibraries.Callback}?script=");
        body["answer_url"] = SmsLibraries.Callback;
        SmsLibraries.ShouldBeTheSame(ours, libraries.Theirs($"{Plivo}/Call/"), body);
    }

    [Fact]
    public async Task Make_the_same_call_as_the_preset_of_Vonage()
    {
        var (ours, theirs) = (await SmsLibraries.OursAsync("vonage-voice"), libraries.Theirs("/v1/calls"));

        SmsLibraries.ShouldBeTheSame(ours, theirs, signed: true);
        var (mine, other) = (new VonageToken(ours), new VonageToken(theirs));
        (mine.IsSigned, other.IsSigned).ShouldBe((true, true));
        mine.Header.ShouldBe(other.Header);
        mine.Claims.Keys.ShouldBe(other.Claims.Keys, ignoreOrder: true);
        mine.Claims["application_id"].ShouldBe(other.Claims["application_id"]);
        mine.Claims["iat"].ShouldBe(PresetSample.Now.ToUnixTimeSeconds().ToString());
    }

    [Fact]
    public async Task Send_the_same_message_as_the_preset_of_AWS()
    {
        var (ours, theirs) = (
            await SmsLibraries.OursAsync(
                "aws-sms", ("From", "Shop"), ("ConfigurationSet", "otp"), ("MaxPrice", "0.50"), ("EntityId", "11"), ("ContentId", "22"),
                ("ReportFeedback", "true")),
            libraries.Theirs("/", $"{Aws}SendTextMessage"));

        SmsLibraries.ShouldBeTheSame(ours, theirs, signed: true);
        ours.ContentType.ShouldBe(theirs.ContentType);
        ours.Headers["X-Amz-Target"].ShouldBe(theirs.Headers["X-Amz-Target"]);
    }

    [Fact]
    public async Task Send_the_same_feedback_as_the_preset_of_AWS()
    {
        var (ours, theirs) = (
            await SmsLibraries.FeedbackAsync("aws-sms", ("ReportFeedback", "true")), libraries.Theirs("/", $"{Aws}PutMessageFeedback"));

        SmsLibraries.ShouldBeTheSame(ours, theirs, signed: true);
    }

    /// <summary>Our requests are signed once more by the signer that AWS's library uses.</summary>
    [Fact]
    public async Task Sign_the_requests_of_the_preset_of_AWS_as_it_does()
    {
        ProviderLibraries.Require();
        ReceivedRequest[] requests =
        [
            await SmsLibraries.OursAsync("aws-sms"), await SmsLibraries.FeedbackAsync("aws-sms", ("ReportFeedback", "true")),
        ];

        var signed = await ProviderLibraries.RunAsync("aws-sign", new
        {
            region = "eu-west-1", service = "sms-voice", credentials = SmsLibraries.Credentials,
            requests = requests.Select(r => new
            {
                method = r.Method, host = r.Headers["Host"], path = "/", body = r.Body, at = At(r.Headers["X-Amz-Date"]),
                headers = r.Headers.Where(h => h.Key.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase) || h.Key is "Content-Type")
                    .Where(h => h.Key is not "X-Amz-Date").ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value),
            }),
        });

        requests.Select(r => r.Headers["Authorization"]).ShouldBe(signed.AsArray().Select(s => s!.GetValue<string>()));
    }

    [Fact]
    public async Task Believe_the_signatures_that_we_believe()
    {
        ProviderLibraries.Require();
        var cases = SignedReceipts.All.ToList();

        var theirs = await ProviderLibraries.RunAsync("sms-check", cases.Select(c => c.Input));

        cases.Zip(theirs.AsArray(), (c, believed) => (c.Name, Ours: c.Believed, Theirs: believed!.GetValue<bool>()))
            .Where(c => c.Ours != c.Theirs).ShouldBeEmpty();
        cases.Select(c => (c.Library, c.Believed)).Distinct().Count().ShouldBe(8, "each library believes one and refuses one");
    }

    private static (string, string?)[] Pairs(string[] keys) => [.. keys.Select(k => k.Split('=')).Select(k => (k[0], (string?)k[1]))];

    /// <summary>20261127T120000Z.</summary>
    private static string At(string date) => DateTime.ParseExact(date, "yyyyMMdd'T'HHmmss'Z'", null).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
}
