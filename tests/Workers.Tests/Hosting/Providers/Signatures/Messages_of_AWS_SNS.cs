using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;
using OtpPipeline.Hosting.Providers.Signatures.Sns;
using OtpPipeline.Hosting.Providers.Signatures;
using OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Signatures;

/// <summary>With the signed messages of the samples; the address of a certificate is covered by no signature.</summary>
public sealed class Messages_of_AWS_SNS
{
    private const string Host = "https://sns.eu-central-1.amazonaws.com";
    private const string File = "/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem";
    private static readonly PresetSample Sample = PresetSample.Of("ses-smtp");
    private readonly AwsStub _aws = new(Sample.Root["certificates"]!.AsObject());
    private readonly SnsSignature _scheme;

    public Messages_of_AWS_SNS() =>
        _scheme = new(Sample.Root["settings"]!["TopicArn"]!.GetValue<string>(), new SnsServer(_aws));

    [Fact]
    public async Task Need_one_look_at_their_certificate()
    {
        Accepted(await OpenAsync(Message())).ShouldBeTrue();
        Accepted(await OpenAsync(Message())).ShouldBeTrue();

        _aws.Asked.ShouldBe([new Uri(Host + File)]);
        _scheme.IsAuthentic(Message(), ReceiptFields.Read(Message()), PresetSample.Now.UtcDateTime).ShouldBeTrue();
    }

    [Theory]
    [InlineData("http://sns.eu-central-1.amazonaws.com" + File)]
    [InlineData("https://sns.eu-central-1.amazonaws.com:8443" + File)]
    [InlineData("https://sns.us-east-1.amazonaws.com" + File)]
    [InlineData("https://sns.eu-central-1.amazonaws.com.attacker.example" + File)]
    [InlineData("https://sns.eu-central-1.amazonaws.com@attacker.example" + File)]
    [InlineData("https://attacker.example\\@sns.eu-central-1.amazonaws.com" + File)]
    [InlineData("https://attacker.example/sns.eu-central-1.amazonaws.com" + File)]
    [InlineData("https://xsns.eu-central-1.amazonaws.com" + File)]
    [InlineData("https://bucket.s3.amazonaws.com" + File)]
    [InlineData(Host + "/attacker.pem")]
    [InlineData(Host + "/?x=" + File)]
    [InlineData(Host + File + "?x")]
    [InlineData(Host + "/a/../b" + File)]
    [InlineData("//sns.eu-central-1.amazonaws.com" + File)]
    [InlineData("")]
    public async Task Whose_certificate_is_elsewhere_are_forged_and_nothing_is_fetched(string address)
    {
        var content = await OpenAsync(Message(m => m["SigningCertURL"] = address));

        content.Reading.ShouldBe(ReceiptReading.Forged);
        _aws.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_another_topic_are_forged_and_nothing_is_fetched()
    {
        var content = await OpenAsync(Message(m => m["TopicArn"] = "arn:aws:sns:us-east-1:999999999999:theirs"));

        content.Reading.ShouldBe(ReceiptReading.Forged);
        _aws.Asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task Come_again_while_AWS_does_not_answer(HttpStatusCode? status)
    {
        _aws.Fails = () => status;
        (await OpenAsync(Message())).Reading.ShouldBe(ReceiptReading.Unavailable);

        _aws.Fails = null;
        Accepted(await OpenAsync(Message())).ShouldBeTrue();
    }

    [Fact]
    public async Task That_ask_for_a_confirmation_get_it_at_AWS_only_and_come_again_where_that_fails()
    {
        var asks = Sample.All("receipts").First(r => IsConfirmation(r) && r["problem"] is null);
        var address = JsonNode.Parse(asks["text"]!.GetValue<string>())!["SubscribeURL"]!.GetValue<string>();

        (await OpenAsync(Request(asks))).ShouldBe(SignedContent.Nothing);
        _aws.Asked.ShouldBe([new Uri(Host + File), new Uri(address)]);

        _aws.Fails = () => HttpStatusCode.InternalServerError;
        (await OpenAsync(Request(asks))).Reading.ShouldBe(ReceiptReading.Unavailable);
        _aws.Fails = null;

        // Signed, as no stranger's is; even so, no other host is visited.
        var elsewhere = Sample.All("receipts").First(r => IsConfirmation(r) && r["problem"] is not null);
        (await OpenAsync(Request(elsewhere))).Reading.ShouldBe(ReceiptReading.Forged);
        _aws.Asked.ShouldAllBe(a => a.Host == "sns.eu-central-1.amazonaws.com");
    }

    private static bool IsConfirmation(JsonObject receipt) =>
        receipt["text"]!.GetValue<string>().Contains("SubscriptionConfirmation", StringComparison.Ordinal);

    private static bool Accepted(SignedContent content) => content is { Reading: null, Root: not null };

    private static ReceiptRequest Message(Action<JsonNode>? change = null)
    {
        var message = JsonNode.Parse(Sample.All("receipts").First()["text"]!.GetValue<string>())!;
        change?.Invoke(message);
        return Request(message.ToJsonString());
    }

    private static ReceiptRequest Request(JsonObject receipt) => Request(receipt["text"]!.GetValue<string>());

    private static ReceiptRequest Request(string body) => new(
        "POST", new($"{PresetSample.PublicUrl}/r/providers/tested"), [new("Content-Type", "text/plain; charset=UTF-8")],
        Encoding.UTF8.GetBytes(body));

    private async Task<SignedContent> OpenAsync(ReceiptRequest request) => await _scheme.OpenAsync(
        request, ReceiptFields.Read(request), PresetSample.Now.UtcDateTime, TestContext.Current.CancellationToken);
}
