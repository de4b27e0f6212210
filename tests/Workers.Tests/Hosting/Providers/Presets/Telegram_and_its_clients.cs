using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Tests.Providers.Support;
using Telegram.Bot;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>A client library of Telegram, and an emulator of its Bot API, beside the preset.</summary>
public sealed class Telegram_and_its_clients
{
    private const string Token = "123456789:AAsample_token-of-a-bot";
    private const string Text = "Your code is 4711\n\"ü\" 😀";

    [Fact]
    public async Task Send_the_same_message_as_the_preset()
    {
        await using var server = await HttpReceiver.StartAsync();
        server.Says(
            200, """{"ok":true,"result":{"message_id":77,"date":1795780800,"chat":{"id":987654321,"type":"private"},"text":"x"}}""",
            ("Content-Type", "application/json"));
        await using var host = Host(server.Url);

        (await host.SendAsync(Messages.To("987654321", Channel.Telegram, Text))).ShouldBe(new SendOutcome.Accepted("77"));
        await new TelegramBotClient(new TelegramBotClientOptions(Token, server.Url))
            .SendMessage(987654321, Text, cancellationToken: TestContext.Current.CancellationToken);

        var (ours, theirs) = (server.All.First(), server.All.Last());
        (ours.Method, ours.Target).ShouldBe((theirs.Method, theirs.Target));

        // The library writes the chat as a number where it can; the documentation allows both.
        Fields(ours).ShouldBe(Fields(theirs));
    }

    [Fact]
    public async Task An_emulator_of_the_Bot_API_takes_the_message_and_shows_it_to_the_chat()
    {
        ProviderLibraries.Require();
        var port = FreePorts.Next();
        using var emulator = Process.Start(
            new ProcessStartInfo("node", [ProviderLibraries.Script("telegram.cjs"), $"{port}"])
            {
                WorkingDirectory = Path.GetDirectoryName(ProviderLibraries.Script("telegram.cjs")),
            })!;
        try
        {
            using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
            await Eventually.Until(() => AnswersAsync(http), "the emulator answers");
            await using var host = Host($"http://127.0.0.1:{port}");

            (await host.SendAsync(Messages.To("987654321", Channel.Telegram, Text))).ShouldBeOfType<SendOutcome.Accepted>();

            var answer = await http.PostAsJsonAsync("/getUpdates", new { token = Token, chatId = 987654321 });
            var update = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["result"]!.AsArray().ShouldHaveSingleItem()!;
            update["message"]!["text"]!.GetValue<string>().ShouldBe(Text);
        }
        finally
        {
            emulator.Kill(entireProcessTree: true);
            await emulator.WaitForExitAsync();
        }
    }

    private static ProviderHost Host(string url) => new(new Dictionary<string, string?>
    {
        ["Type"] = "telegram-bot", ["Token"] = Token, ["BaseUrl"] = url,
    });

    private static List<string> Fields(ReceivedRequest request) =>
        [.. JsonNode.Parse(request.Body)!.AsObject().Select(f => $"{f.Key}={f.Value}").Order(StringComparer.Ordinal)];

    private static async Task<bool> AnswersAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.PostAsJsonAsync("/getUpdates", new { token = Token, chatId = 1 });
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
