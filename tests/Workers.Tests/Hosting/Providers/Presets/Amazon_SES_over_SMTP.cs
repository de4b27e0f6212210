using System.Net;
using MimeKit;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Providers.Smtp;
using OtpPipeline.Workers.Tests.Providers.Smtp;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

public sealed class Amazon_SES_over_SMTP
{
    public static TheoryData<int> Mails => [.. Enumerable.Range(0, PresetSample.Of("ses-smtp").All("mails").Count())];

    [Theory]
    [MemberData(nameof(Mails))]
    public async Task Gets_the_configuration_set_and_the_token_of_receipts_in_headers(int index)
    {
        var sample = PresetSample.Of("ses-smtp");
        var expected = sample.All("mails").ElementAt(index);
        await using var server = await MailServer.StartAsync();
        await using var host = new ProviderHost(sample.Keys(expected).With(
            ("Host", "localhost"), ("Port", $"{server.Port}"), ("Security", "None"), ("Username", null), ("Password", null),
            ("Api:PublicUrl", PresetSample.PublicUrl)));

        (await host.SendAsync(PresetSample.Message(expected))).ShouldBeOfType<SendOutcome.Accepted>();

        using var content = new MemoryStream((await server.SingleAsync()).Content);
        var mail = await MimeMessage.LoadAsync(content, TestContext.Current.CancellationToken);
        foreach (var (name, value) in expected["headers"]!.AsObject())
        {
            mail.Headers[name].ShouldBe(value?.GetValue<string>(), name);
        }
    }

    [Fact]
    public async Task Is_at_the_server_of_its_region()
    {
        List<string> asked = [];
        await using var host = new ProviderHost(
            PresetSample.Of("ses-smtp").Keys().With(("Api:PublicUrl", PresetSample.PublicUrl), ("Port", "9")),
            resolve: name =>
            {
                asked.Add(name);
                return [IPAddress.Loopback];
            });

        (await host.SendAsync(Messages.To("someone@example.com", Channel.Email))).ShouldBe(new SendOutcome.ProviderFailed("unavailable"));

        asked.ShouldBe(["email-smtp.eu-central-1.amazonaws.com"]);
    }

    /// <summary>Its answers have no enhanced codes.</summary>
    [Theory]
    [InlineData(454, "Throttling failure: Maximum sending rate exceeded.", "Throttled", "throttled")]
    [InlineData(554, "Message rejected: Email address is not verified.", "ProviderFailed", "sender_refused")]
    [InlineData(554, "Message rejected: Configuration set does not exist", "ProviderFailed", "sender_refused")]
    [InlineData(554, "Message rejected: Sending suspended for this account.", "ProviderFailed", "account_suspended")]
    [InlineData(554, "Access denied: User is not authorized to perform ses:SendRawEmail", "ProviderFailed", "authentication_failed")]
    [InlineData(535, "Authentication Credentials Invalid", "ProviderFailed", "authentication_failed")]
    [InlineData(451, "Temporary service failure", "ProviderFailed", "unavailable")]
    [InlineData(554, "Transaction failed: Address contains illegal characters", "Refused", "refused")]
    [InlineData(554, "5.7.1 <a@b.example>: Recipient address rejected: Access denied", "Refused", "refused")]
    public void Is_understood_by_the_words_of_its_refusals(int code, string text, string outcome, string reason)
    {
        var verdict = SmtpVerdict.From(SmtpStage.Content, SmtpReply.From(code, text));

        (verdict.GetType().Name, verdict.Cause).ShouldBe((outcome, reason));
    }

    [Fact]
    public void Without_receipts_needs_no_public_address_and_an_unsigned_receipt_stops_the_host()
    {
        var keys = PresetSample.Of("ses-smtp").Keys();

        ProviderHost.Refusals(keys.With(("Receipts", "false"))).ShouldBeEmpty();
        ProviderHost.Refusals(new Dictionary<string, string?>
        {
            ["Type"] = "smtp", ["Host"] = "mail.example", ["From"] = "codes@otp.example", ["Api:PublicUrl"] = PresetSample.PublicUrl,
            ["Receipt:Signature:Scheme"] = "none", ["Receipt:Status"] = "state", ["Receipt:Statuses:ok"] = "DELIVERED",
        }).ShouldBe(
            [
                "Providers:tested:Receipt:Signature:Scheme is none, and an e-mail holds no {{receiptUrl}}: name the scheme of a signature.",
            ]);
    }
}
