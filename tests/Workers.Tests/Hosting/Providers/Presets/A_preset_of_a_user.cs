using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Receipts;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>A file for a gateway that the product does not know, written with docs/providers.md alone.</summary>
public sealed class A_preset_of_a_user : IDisposable
{
    private const int MostLines = 29;

    /// <summary>A gateway that wants a key in a header, numbers as numbers, and reports to an address with a secret of ours.</summary>
    private const string Text =
        """
        {
          "Preset": {
            "Title": "Hermes SMS",
            "Channels": ["sms"],
            "Settings": {
              "ApiKey": { "Required": true, "Secret": true },
              "Sender": { "Default": "{{from}}", "Placeholders": true },
              "Region": { "Default": "eu", "Pattern": "eu|us", "Sentence": "must be eu or us." },
              "Host": { "Default": "https://{{setting.Region}}.hermes.example" },
              "Hook": { "Required": true, "Secret": true, "OfReceipts": true }
            }
          },
          "Url": "{{setting.Host}}/send",
          "Auth": { "Scheme": "header", "Name": "X-Key", "Token": "{{setting.ApiKey}}" },
          "Body": { "Format": "json", "OmitEmpty": true, "Template": {
            "from": "{{setting.Sender}}", "to": "{{recipient|digits}}", "text": "{{text}}", "ttl": "{{life.seconds|atLeast:30|bare}}" } },
          "Success": { "JsonPath": "$.state", "JsonEquals": "taken" },
          "MessageId": { "JsonPath": "$.ticket" },
          "Refusals": [
            { "JsonPath": "$.error", "JsonIn": "E1,E2", "As": "recipient", "Reason": "invalid_recipient" },
            { "JsonPath": "$.error", "JsonEquals": "E9", "As": "provider", "Reason": "no_balance" }
          ],
          "Receipt": {
            "Signature": { "Scheme": "query", "Name": "hook", "Secret": "Hook" },
            "Items": "$.reports[*]", "Status": "what", "Statuses": { "ok": "DELIVERED", "lost": "UNDELIVERED" }, "MessageId": "ticket"
          }
        }
        """;

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"{Guid.CreateVersion7()}.json");

    public A_preset_of_a_user() => File.WriteAllText(_file, Text);

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Has_fewer_than_thirty_lines() => Text.Split('\n').Length.ShouldBeLessThanOrEqualTo(MostLines);

    [Theory]
    [InlineData(200, """{"state":"taken","ticket":"t-1"}""", null)]
    [InlineData(200, """{"error":"E2"}""", "invalid_recipient")]
    [InlineData(200, """{"error":"E9"}""", "no_balance")]
    [InlineData(200, """{"error":"E5"}""", "not_accepted")]
    [InlineData(429, "", "throttled")]
    public async Task Sends_messages_and_reads_answers(int status, string answer, string? reason)
    {
        await using var server = await HttpReceiver.StartAsync();
        await using var host = new ProviderHost(Keys(("Host", server.Url)));
        server.Says(status, answer);

        var outcome = await host.SendAsync(Messages.To("+33612246400", from: "Shop") with { ExpiresAt = DateTime.UnixEpoch });

        outcome.Cause.ShouldBe(reason);
        ((outcome as SendOutcome.Accepted)?.ProviderMessageId).ShouldBe(reason is null ? "t-1" : null);
        var sent = server.Single;
        (sent.Method, sent.Target, sent.Headers["X-Key"]).ShouldBe(("POST", "/send", "k3y"));
        sent.Body.ShouldBe("""{"from":"Shop","to":"33612246400","text":"Your code is 4711","ttl":30}""");
    }

    [Theory]
    [InlineData("?hook=h00k", true)]
    [InlineData("?hook=other", false)]
    [InlineData("", false)]
    public async Task Reads_receipts_with_its_secret_only(string query, bool believed)
    {
        var reader = new ServiceCollection().AddProviderReceipts(ProviderHost.Configuration(Keys())).BuildServiceProvider()
            .GetRequiredService<IReceiptReader>();

        var reading = await reader.ReadAsync(
            new(
                "POST", new("https://otp.example/r/providers/tested" + query), [new("Content-Type", "application/json")],
                """{"reports":[{"ticket":"t-1","what":"ok"},{"ticket":"t-2","what":"lost"},{"ticket":"t-3","what":"soon"}]}"""u8.ToArray()),
            PresetSample.Now.UtcDateTime, TestContext.Current.CancellationToken);

        (reading.Problem is ReceiptProblem.Forged).ShouldBe(!believed);
        string.Join(", ", reading.Receipts.Select(r => $"{r.ProviderMessageId} {r.Status}"))
            .ShouldBe(believed ? "t-1 Delivered, t-2 Undelivered" : "");
    }

    [Theory]
    [InlineData("Region", "moon", "Region must be eu or us.")]
    [InlineData("ApiKey", null, "ApiKey is missing: give it, or the file that holds it in ApiKeyFile.")]
    public void Says_which_setting_is_wrong(string setting, string? value, string sentence) =>
        ProviderHost.Refusals(Keys((setting, value))).ShouldBe([$"Providers:tested:{sentence}"]);

    [Fact]
    public void Lets_one_setting_stand_in_the_host_that_another_one_gives() => ProviderHost.Refusals(Keys()).ShouldBeEmpty();

    [Fact]
    public async Task Of_the_page_is_read()
    {
        await using var server = await HttpReceiver.StartAsync();
        server.Says(200, """{"id":"m-1"}""");
        var shown = await File.ReadAllLinesAsync(Page(), TestContext.Current.CancellationToken);
        var text = string.Join('\n', shown.SkipWhile(l => l != "    {").TakeWhile(l => l.StartsWith("    ", StringComparison.Ordinal)));
        await File.WriteAllTextAsync(
            _file, text.Replace("https://sms.example.com", server.Url, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await using var host = new ProviderHost(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Type"] = _file, ["Key"] = "k3y", ["PlainHttpNetworks:0"] = "127.0.0.0/8",
        });

        var outcome = await host.SendAsync(Messages.To("+33612246400", from: "Shop") with { ExpiresAt = DateTime.UnixEpoch });

        outcome.ShouldBeOfType<SendOutcome.Accepted>().ProviderMessageId.ShouldBe("m-1");
        server.Single.Headers["Authorization"].ShouldBe("Bearer k3y");
        server.Single.Body.ShouldStartWith("""{"to":"+33612246400","from":"Shop","text":"Your code is 4711","ttl":""");
    }

    private static string Page()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OtpPipeline.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "docs", "providers.md");
    }

    private Dictionary<string, string?> Keys(params (string, string?)[] more) => new Dictionary<string, string?>
    {
        ["Type"] = _file, ["ApiKey"] = "k3y", ["Hook"] = "h00k", ["Api:PublicUrl"] = "https://otp.example",
    }.With(more);
}
